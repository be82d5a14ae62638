import { expect, test } from 'vitest';
import type { WorkspaceOptions } from '../../../shared/model/options.ts';
import { changesOf, readDraft, writeDraft } from './draft.ts';

const everything: Required<WorkspaceOptions> = {
  mode: 'restricted',
  env: { API_URL: 'http://model.example?a=b', EMPTY: '', QUOTED: '"two words" ' },
  cpus: 1.5,
  memoryMb: 2560,
  pidsLimit: 512,
  image: 'team/tools:3',
  command: ['serve', '--root', 'two words'],
  mounts: [{ source: '/srv/data', target: '/data', readOnly: false, confirmed: '/srv/data' }],
  caches: ['npm'],
  groups: ['video', '1002'],
  networks: [{ name: 'backend', aliases: ['api', 'web'] }],
  workingFolder: '/srv/work',
  labels: { 'team.name': 'orchard' },
  systemPackages: true,
  agentVersion: '2.1.4',
  skipPermissions: false,
  model: 'sonnet',
  extraArguments: ['--verbose'],
  domains: ['pypi.org', '*.npmjs.org'],
};

test('every option can be shown as text and read again', () => {
  expect(readDraft(writeDraft(everything))).toEqual({ options: everything, problems: {} });
});

test('memory is typed in GB and asked for in MiB; a decimal comma is understood', () => {
  expect(readDraft({ cpus: '1,5', memoryMb: '2.5' }).options).toEqual({ cpus: 1.5, memoryMb: 2560 });
});

function problemOf(draft: Parameters<typeof readDraft>[0]): string | undefined {
  return Object.values(readDraft(draft).problems)[0];
}

test('what cannot be is said at its field, and the other fields are read', () => {
  expect(readDraft({ cpus: '0', memoryMb: 'lots', model: 'sonnet' })).toEqual({
    options: { model: 'sonnet' },
    problems: { cpus: 'A number from 0.1 to 1024.', memoryMb: 'A number of GB from 0.25 to 4096.' },
  });
  expect(problemOf({ image: '-rm' })).toBe('An image is named like "name:tag".');
  expect(problemOf({ workingFolder: 'src' })).toMatch(/^Give a whole path/);
  expect(problemOf({ command: 'say "hi' })).toMatch(/not closed/);
  expect(problemOf({ mounts: [{ source: 'data', target: '', readOnly: true, confirmed: '' }] })).toMatch(/^Line 1: Give a whole path/);
  expect(problemOf({ networks: 'backend\n-x' })).toMatch(/^Line 2: A network is named/);
});

test('a wrong variable is named by its line, or in the words of the contract', () => {
  expect(problemOf({ env: 'A=1\n\nB-C=2' })).toBe('B-C: An environment variable is named by letters, digits and underscore.');
  expect(problemOf({ env: 'A=1\nA=2' })).toBe('Line 2: A is there twice.');
  expect(problemOf({ env: 'A' })).toBe('Line 1: write NAME=value.');
  expect(problemOf({ env: 'A=b\0c' })).toBe('An environment value holds no NUL.');
});

test('an edit holds what changed, and null for what is left to the weaker layers again', () => {
  expect(changesOf(everything, { ...everything, cpus: 2, env: { ...everything.env }, model: '' })).toEqual({ cpus: 2, model: '' });
  const { image: _, ...rest } = everything;
  expect(changesOf(everything, rest)).toEqual({ image: null });
  expect(changesOf({ env: { A: '1', B: '2' } }, { env: { B: '2', A: '1' } })).toEqual({});
});
