import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Check } from '../../shared/model/doctor.ts';
import { forgehold } from '../fixtures/cli.ts';
import { makeDataFolder, removeDataFolder, startCore, type TestCore } from '../fixtures/core.ts';
import { canMakeDisks, makeSmallDisk, type SmallDisk } from '../fixtures/small-disk.ts';

/** No engine is needed for what goes wrong on the host's own disk; and nothing is downloaded behind a test's back. */
const noEngine = { DOCKER_HOST: 'unix:///nonexistent/forgehold-test.sock' };
let project: string;
let second: string;
let core: TestCore | null = null;

beforeEach(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'meadow-')));
  second = realpathSync(mkdtempSync(join(tmpdir(), 'orchard-')));
});
afterEach(async () => {
  await core?.stop();
  core = null;
  for (const folder of [project, second]) rmSync(folder, { recursive: true, force: true });
});

type Answer = {
  readonly status: number | null;
  readonly value: { readonly error?: { readonly code: string; readonly message: string } } & Record<string, unknown>;
};

function caller(data: string, prefix: readonly string[] = []) {
  return async (name: string, input: object = {}): Promise<Answer> => {
    const { status, stdout, stderr } = await forgehold(['call', name, JSON.stringify(input)], { data, prefix });
    if (stdout === '') throw new Error(stderr);
    return { status, value: JSON.parse(stdout) as Answer['value'] };
  };
}

async function startFails(data: string, prefix: readonly string[] = []): Promise<{ readonly code: string; readonly message: string }> {
  const { status, stdout, stderr } = await forgehold(['serve', '--json'], { data, prefix, environment: noEngine });
  expect([status, stderr]).toEqual([1, '']);
  return (JSON.parse(stdout) as { error: { code: string; message: string } }).error;
}

describe.skipIf(!canMakeDisks)('on a small disk of its own', () => {
  let disk: SmallDisk;
  let call: ReturnType<typeof caller>;
  beforeEach(async () => {
    disk = await makeSmallDisk(4);
    call = caller(disk.path, disk.beside);
  });
  afterEach(async () => {
    await core?.stop();
    core = null;
    await disk.remove();
  });
  const checkOf = async (id: string): Promise<Check> => ((await call('doctor.run', { ids: [id] })).value as unknown as Check[])[0]!;

  test('a full disk is said in a sentence that leads to room, the core lives on, nothing is lost, and it heals when there is room', async () => {
    core = await startCore(disk.path, noEngine, disk.beside);
    expect((await call('projects.create', { path: project })).status).toBe(0);
    disk.fill();
    for (const [name, input] of [
      ['settings.set', { defaults: { labels: { long: 'x'.repeat(4000) } } }],
      ['projects.create', { path: second }],
    ] as const) {
      const { value } = await call(name, input);
      expect(value.error).toMatchObject({ code: 'data/disk-full', message: expect.stringContaining('forgehold disk') });
    }
    expect((await call('projects.list')).value).toMatchObject([{ path: project }]);
    expect(await checkOf('data-folder')).toMatchObject({ state: 'bad', why: expect.stringContaining('full') });
    expect(await checkOf('disk')).toMatchObject({ state: 'bad' });
    disk.empty();
    expect((await call('settings.set', { historyLines: 2000 })).value).toMatchObject({ historyLines: 2000, defaults: {} });
    expect(await checkOf('data-folder')).toMatchObject({ state: 'ok' });
    await core.kill();
    core = await startCore(disk.path, noEngine, disk.beside);
    expect((await call('projects.list')).value).toMatchObject([{ path: project }]);
    expect((await call('settings.get')).value).toMatchObject({ historyLines: 2000 });
  });

  test('a core that finds the disk full at its start says so, and starts when there is room', async () => {
    disk.fill();
    expect(await startFails(disk.path, disk.beside)).toMatchObject({ code: 'data/disk-full' });
    disk.empty();
    core = await startCore(disk.path, noEngine, disk.beside);
    expect((await call('projects.create', { path: project })).status).toBe(0);
  });

  test('a disk that became read-only is named at the start, nothing is lost, and it heals', async () => {
    core = await startCore(disk.path, noEngine, disk.beside);
    await call('projects.create', { path: project });
    await core.stop();
    core = null;
    disk.setReadOnly(true);
    expect(await startFails(disk.path, disk.beside)).toMatchObject({ code: 'data/read-only', message: expect.stringContaining('Mount it for writing') });
    disk.setReadOnly(false);
    core = await startCore(disk.path, noEngine, disk.beside);
    expect((await call('projects.list')).value).toMatchObject([{ path: project }]);
  });
});

describe('in a data folder', () => {
  let data: string;
  let call: ReturnType<typeof caller>;
  beforeEach(() => {
    data = makeDataFolder();
    call = caller(data);
  });
  afterEach(async () => {
    await core?.stop();
    core = null;
    removeDataFolder(data);
  });

  test('a database that another program holds is named, and used again as soon as that lets go', async () => {
    core = await startCore(data, noEngine);
    const other = new DatabaseSync(join(data, 'forgehold.db'));
    other.exec('BEGIN IMMEDIATE');
    expect((await call('projects.create', { path: project })).value.error).toMatchObject({
      code: 'database/locked',
      message: expect.stringContaining('Close it'),
    });
    expect((await call('projects.list')).value).toEqual([]);
    const [check] = (await call('doctor.run', { ids: ['database'] })).value as unknown as Check[];
    expect(check).toMatchObject({ state: 'warn', found: 'Another program holds it' });
    other.exec('ROLLBACK');
    other.close();
    expect((await call('projects.create', { path: project })).status).toBe(0);
  });

  test.each([
    ['broken', '{"historyLines": 20', 'settings/unreadable', 'cannot be read'],
    ['of the wrong kind', '{"historyLines":"many"}', 'settings/unreadable', 'historyLines'],
    ['of a newer version', '{"historyLines":2000,"telescope":{"lens":3}}', 'settings/newer', 'telescope'],
    ['not even text', '\u0000\u0001\u0002', 'settings/unreadable', 'cannot be read'],
  ])('settings that are %s keep the core from starting, in a sentence, and stay as they are', async (_, text, code, words) => {
    const file = join(data, 'settings.json');
    writeFileSync(file, text);
    expect(await startFails(data)).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(readFileSync(file, 'utf8')).toBe(text);
    writeFileSync(file, '{"historyLines":2000}');
    core = await startCore(data, noEngine);
    expect((await call('settings.get')).value).toMatchObject({ historyLines: 2000 });
  });

  test('settings damaged under a running core are found by the doctor, and written anew beside the damaged ones', async () => {
    core = await startCore(data, noEngine);
    await call('settings.set', { historyLines: 4000 });
    writeFileSync(join(data, 'settings.json'), '{"historyLines": 40');
    const doctor = await forgehold(['doctor', 'settings'], { data });
    expect([doctor.status, doctor.stdout]).toEqual([1, expect.stringContaining('damaged')]);
    const fixed = await forgehold(['doctor', 'settings', '--fix', '--json'], { data });
    expect([fixed.status, JSON.parse(fixed.stdout)]).toMatchObject([0, [{ id: 'settings', state: 'ok' }]]);
    expect(JSON.parse(readFileSync(join(data, 'settings.json'), 'utf8'))).toMatchObject({ historyLines: 4000 });
    const kept = readdirSync(data).find((name) => name.endsWith('.broken'));
    expect(readFileSync(join(data, kept!), 'utf8')).toBe('{"historyLines": 40');
  });

  test('a damaged database keeps the core from starting, in a sentence; nothing is deleted, and the good one is taken again', async () => {
    core = await startCore(data, noEngine);
    await call('projects.create', { path: project });
    await core.stop();
    const file = join(data, 'forgehold.db');
    const good = readFileSync(file);
    for (const damage of [
      Buffer.from('this is no database, and long enough to be looked at'.repeat(100)),
      Buffer.concat([good.subarray(0, 100), Buffer.alloc(good.length - 100, 7)]),
    ]) {
      writeFileSync(file, damage);
      expect(await startFails(data)).toMatchObject({ code: 'database/corrupt', message: expect.stringContaining('Nothing was changed') });
      expect(readFileSync(file).equals(damage)).toBe(true);
    }
    writeFileSync(file, good);
    core = await startCore(data, noEngine);
    expect((await call('projects.list')).value).toMatchObject([{ path: project }]);
  });
});
