import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Intent, intentSchema } from '../../shared/model/shell.ts';
import { createOpenings } from './openings.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'forgehold-openings-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

function setUp(waiting: readonly string[] = []) {
  const pushed: Intent[] = [];
  const returned: string[] = [];
  let time = 0;
  const openings = createOpenings({
    push: (intent) => pushed.push(intentSchema.parse(intent)),
    returnLogin: (session, query) => waiting.includes(session) && returned.push(query) > 0,
    now: () => time,
  });
  return { pushed, returned, openings, pass: (ms: number) => void (time += ms) };
}

describe('openings', () => {
  it('lead from a folder to the sheet that adds it, links resolved', async () => {
    const { pushed, openings } = setUp();
    mkdirSync(join(folder, 'code'));
    symlinkSync('code', join(folder, 'link'));
    await openings.open({ kind: 'path', path: join(folder, 'link') });
    expect(pushed).toEqual([{ kind: 'add', place: join(folder, 'code') }]);
  });

  it('say why a file, nothing, and a name that cannot be shown are not opened', async () => {
    const { pushed, openings } = setUp();
    writeFileSync(join(folder, 'notes.txt'), '');
    mkdirSync(join(folder, 'a\nb'));
    for (const name of ['notes.txt', 'gone', 'notes.txt/x', 'a\nb', 'y'.repeat(300)]) await openings.open({ kind: 'path', path: join(folder, name) });
    expect(pushed.map((intent) => (intent.kind === 'refused' ? intent.message : intent))).toEqual([
      `${folder}/notes.txt is a file. Forgehold opens folders.`,
      `There is no folder ${folder}/gone.`,
      `There is no folder ${folder}/notes.txt/x.`,
      `The name of the folder ${folder}/ab holds characters that cannot be shown. Rename it first.`,
      expect.stringMatching(/^The folder …y+ cannot be opened: ENAMETOOLONG\.$/),
    ]);
  });

  it.skipIf(process.getuid?.() === 0)('say that a folder may not be looked into', async () => {
    const { pushed, openings } = setUp();
    mkdirSync(join(folder, 'closed/inner'), { recursive: true });
    chmodSync(join(folder, 'closed'), 0);
    await openings.open({ kind: 'path', path: join(folder, 'closed/inner') });
    chmodSync(join(folder, 'closed'), 0o700);
    expect(pushed).toMatchObject([{ kind: 'refused' }]);
  });

  it('hand the return of a login to the session that waits, and say when none does', async () => {
    const { pushed, returned, openings } = setUp(['0123456789abcdef']);
    await openings.open({ kind: 'link', text: 'forgehold://oauth/0123456789abcdef?code=1' });
    expect([pushed, returned]).toEqual([[], ['code=1']]);
    await openings.open({ kind: 'link', text: 'forgehold://oauth/fedcba9876543210?code=1' });
    expect(pushed).toEqual([{ kind: 'refused', message: expect.stringContaining('nothing waits for it') }]);
  });

  it('bound a flood of a thousand links, with one sentence', async () => {
    const { pushed, openings, pass } = setUp();
    for (let at = 0; at < 1000; at += 1) await openings.open({ kind: 'link', text: 'forgehold://project/0123456789ab' });
    expect(pushed).toHaveLength(11);
    expect(pushed.at(-1)).toMatchObject({ kind: 'refused', message: expect.stringContaining('Too many') });
    pass(60_000);
    for (let at = 0; at < 20; at += 1) await openings.open({ kind: 'link', text: 'forgehold://project/0123456789ab' });
    expect(pushed).toHaveLength(22);
  });
});
