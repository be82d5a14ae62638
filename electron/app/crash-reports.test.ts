import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { createCrashReports } from './crash-reports.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forgehold-crashes-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

function setUp(at = folder) {
  let time = Date.UTC(2026, 0, 1);
  const errors: unknown[] = [];
  const reports = createCrashReports({
    folder: at,
    versions: { forgehold: '1.2.3', electron: '45.0.0' },
    onError: (error) => errors.push(error),
    now: () => new Date(time),
  });
  return { reports, errors, pass: (ms: number) => void (time += ms) };
}

describe('crash reports', () => {
  it('are small private files that say what ended, where and when', () => {
    const { reports } = setUp(join(folder, 'crashes'));
    const file = reports.write({ kind: 'page-gone', process: 'renderer', reason: 'oom', exitCode: 5 })!;
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      ...{ at: '2026-01-01T00:00:00.000Z', forgehold: '1.2.3', electron: '45.0.0', kind: 'page-gone', process: 'renderer', reason: 'oom', exitCode: 5 },
      system: { platform: process.platform },
    });
  });

  it('hold the frames of an exception, but no text that could be a secret or a screen, and no name of a folder', () => {
    const { reports } = setUp();
    const error = new TypeError('no such key sk-ant-hunter2\n    at /secret/terminal text');
    const text = readFileSync(reports.write({ kind: 'exception', error })!, 'utf8');
    expect(text).not.toMatch(/hunter2|terminal text|secret/);
    expect(text).not.toContain(import.meta.dirname);
    const { error: written } = JSON.parse(text) as { readonly error: { readonly name: string; readonly frames: readonly string[] } };
    expect(written.name).toBe('TypeError');
    expect(written.frames[0]).toMatch(/crash-reports\.test\.ts:\d+:\d+/);
  });

  it("keep a known error's sentence, and take anything that is thrown", () => {
    const { reports } = setUp();
    const known = reports.write({ kind: 'exception', error: new AppError('core/stuck', 'It is stuck.') })!;
    expect(JSON.parse(readFileSync(known, 'utf8'))).toMatchObject({ error: { code: 'core/stuck', message: 'It is stuck.' } });
    expect(JSON.parse(readFileSync(reports.write({ kind: 'exception', error: 'sk-ant-hunter2' })!, 'utf8')).error).toEqual({ name: 'string' });
  });

  it('are twenty at most, the newest, and leave other files alone', () => {
    const { reports, pass } = setUp();
    writeFileSync(join(folder, 'notes.txt'), '');
    for (let at = 0; at < 30; at += 1) {
      reports.write({ kind: 'page-hung' });
      pass(60_000);
    }
    const names = readdirSync(folder);
    expect(names).toContain('notes.txt');
    expect(names.filter((name) => name.endsWith('.json'))).toHaveLength(20);
    expect(names.some((name) => name.startsWith('2026-01-01T00-29'))).toBe(true);
    expect(names.some((name) => name.startsWith('2026-01-01T00-05'))).toBe(false);
  });

  it('do not push out the first of a fault in a loop', () => {
    const { reports } = setUp();
    const written = Array.from({ length: 1000 }, () => reports.write({ kind: 'page-hung' })).filter((file) => file !== null);
    expect(written).toHaveLength(5);
    expect(readdirSync(folder)).toHaveLength(5);
  });

  it('that cannot be written are no crash of their own', () => {
    writeFileSync(join(folder, 'file'), '');
    const { reports, errors } = setUp(join(folder, 'file'));
    expect(reports.write({ kind: 'page-hung' })).toBeNull();
    expect(errors).toHaveLength(1);
  });
});
