import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../lib/database.ts';
import { workspaceMigrations } from './migrations.ts';
import { builtInOptions } from './options.ts';
import { createRecords, type Records, type WorkspaceRecord } from './records.ts';

let folder: string;
let database: DatabaseSync;
let records: Records;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forgehold-records-'));
  database = openDatabase(join(folder, 'x.db'), workspaceMigrations);
  for (const id of ['a', 'b']) database.exec(`INSERT INTO project (project_id, path, created_at, used_at) VALUES ('${id}', '/${id}', 't', 't')`);
  records = createRecords(database);
});
afterEach(() => rmSync(folder, { recursive: true }));

function draft(projectId: string): Omit<WorkspaceRecord, 'name'> {
  return {
    workspaceId: randomBytes(4).toString('hex'),
    projectId,
    phase: 'creating',
    createdAt: new Date().toISOString(),
    agent: 'claude-code',
    asked: { env: { A: '1' } },
    effective: { ...builtInOptions({ cpus: 1, memoryMb: 2048, pidsLimit: 2048 }), env: { A: '1' }, extraArguments: ['--x'] },
    project: { path: '/a', name: 'a' },
  };
}

describe('records', () => {
  it('come back as they were', () => {
    const record = records.insert(draft('a'), 'mine', 'Claude Code');
    records.update({ ...record, phase: 'failed', failure: { error: { code: 'x/y', message: 'No.', details: {} }, steps: [] } });
    expect(records.all()).toEqual([{ ...record, phase: 'failed', failure: { error: { code: 'x/y', message: 'No.', details: {} }, steps: [] } }]);
    records.remove(record.workspaceId);
    expect(records.all()).toEqual([]);
  });

  it('are named by their agent, numbered when taken, within their project', () => {
    const names = ['a', 'a', 'b', 'a'].map((project) => records.insert(draft(project), undefined, 'Claude Code').name);
    expect(names).toEqual(['Claude Code', 'Claude Code 2', 'Claude Code', 'Claude Code 3']);
  });

  it('refuse a name that is taken', () => {
    records.insert(draft('a'), 'mine', '');
    expect(() => records.insert(draft('a'), 'mine', '')).toThrow(expect.objectContaining({ code: 'workspace/name-taken' }));
    expect(records.all()).toHaveLength(1);
  });

  it('of the first release, which knew no layers, come back with what they had', () => {
    // As that release wrote it.
    const body =
      '{"agent":"claude-code","mode":"none","limits":{"cpus":1.5,"memoryMb":3000,"pidsLimit":500},"environment":{"EDITOR":"vim"},"options":{"skipPermissions":true,"model":"opus","extraArguments":["--verbose"]},"project":{"path":"/home/ada/anvil","name":"anvil"},"preparedAt":"2026-11-20T10:00:05.1Z","stopped":false}';
    database.prepare('INSERT INTO workspace VALUES (?, ?, ?, ?, ?, ?)').run('deadbeef', 'a', 'Claude Code', 'ready', body, '2026-11-20T10:00:00.000Z');
    const asked = {
      mode: 'none',
      cpus: 1.5,
      memoryMb: 3000,
      pidsLimit: 500,
      env: { EDITOR: 'vim' },
      skipPermissions: true,
      model: 'opus',
      extraArguments: ['--verbose'],
    };
    const [record] = records.all();
    expect(record).toMatchObject({
      workspaceId: 'deadbeef',
      asked,
      project: { path: '/home/ada/anvil' },
      preparedAt: '2026-11-20T10:00:05.1Z',
      stopped: false,
    });
    expect(record!.effective).toEqual({ ...builtInOptions({ cpus: 1.5, memoryMb: 3000, pidsLimit: 500 }), ...asked });
    records.update(record!);
    expect(records.all()).toEqual([record]);
  });

  it('that lack an option which came later are as they were without it', () => {
    const { image, caches, ...older } = builtInOptions({ cpus: 1, memoryMb: 2048, pidsLimit: 2048 });
    const body = JSON.stringify({ agent: 'shell', asked: {}, effective: { ...older, model: 'opus' }, project: { path: '/a', name: 'a' } });
    database.prepare('INSERT INTO workspace VALUES (?, ?, ?, ?, ?, ?)').run('deadbeef', 'a', 'Shell', 'ready', body, 't');
    expect(records.all()[0]!.effective).toEqual({ ...older, image, caches, model: 'opus' });
  });
});
