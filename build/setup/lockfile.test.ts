import { expect, test } from 'vitest';
import { findMissing } from './lockfile.mjs';

const linux = { os: 'linux', cpu: 'x64', libc: 'glibc' };
const mac = { os: 'darwin', cpu: 'arm64' };
const wanted = {
  '': { version: '0.1.0' },
  'node_modules/zod': { version: '4.0.0' },
  'node_modules/tool-linux-gnu': { version: '1.0.0', optional: true, os: ['linux'], cpu: ['x64'], libc: ['glibc'] },
  'node_modules/tool-linux-musl': { version: '1.0.0', optional: true, os: ['linux'], cpu: ['x64'], libc: ['musl'] },
  'node_modules/tool-mac': { version: '1.0.0', optional: true, os: 'darwin', cpu: 'arm64' },
  'node_modules/wasm-helper': { version: '1.0.0', optional: true },
};

test('what is made for another platform, and what belongs to it, is not missed', () => {
  const installed = { 'node_modules/zod': { version: '4.0.0' }, 'node_modules/tool-linux-gnu': { version: '1.0.0' } };
  expect(findMissing(wanted, installed, linux)).toEqual([]);
  expect(findMissing(wanted, installed, mac)).toEqual(['node_modules/tool-mac']);
});

test('an optional part that an old Node made npm skip is missed', () => {
  expect(findMissing(wanted, { 'node_modules/zod': { version: '4.0.0' } }, linux)).toEqual(['node_modules/tool-linux-gnu']);
});

test('another version is missed as if it were absent', () => {
  expect(findMissing({ 'node_modules/zod': { version: '4.0.0' } }, { 'node_modules/zod': { version: '3.0.0' } }, linux)).toEqual(['node_modules/zod']);
});

test('a platform that a package rules out is not missed', () => {
  expect(findMissing({ 'node_modules/x': { version: '1.0.0', optional: true, os: ['!linux'] } }, {}, linux)).toEqual([]);
});
