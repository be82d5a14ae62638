import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';
import { createLogger } from './logger.ts';

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'forgehold-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('the log', () => {
  it('never holds a secret: neither one that is marked nor one under a telling key', () => {
    const folder = makeFolder();
    const stderr = new PassThrough();
    const log = createLogger(folder, { stderr });
    log.warn({ value: new Secret('canary-1'), apiKey: 'canary-2', input: { token: 'canary-3', deep: { password: 'canary-4' } } }, 'careful');
    const text = readFileSync(join(folder, 'core.log'), 'utf8');
    expect(text).toContain('careful');
    expect(text + String(stderr.read())).not.toContain('canary');
  });

  it('holds an error whole: code, details and causes', () => {
    const folder = makeFolder();
    createLogger(folder).error({ error: new AppError('a/b', 'Outer.', { details: { path: '/x' }, cause: new Error('inner') }) }, 'failed');
    const text = readFileSync(join(folder, 'core.log'), 'utf8');
    for (const part of ['a/b', '/x', 'Outer.', 'inner', 'logger.test.ts']) expect(text).toContain(part);
  });

  it('is private and makes room by size', () => {
    const folder = makeFolder();
    const log = createLogger(folder);
    const line = 'x'.repeat(1024 * 1024);
    for (let index = 0; index < 40; index += 1) log.info(line);
    const files = readdirSync(folder).sort();
    expect(files).toEqual(['core.log', 'core.log.1', 'core.log.2']);
    for (const file of files) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  });
});
