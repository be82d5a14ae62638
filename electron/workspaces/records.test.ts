import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../lib/database.ts';
import { projectsMigration } from './projects.ts';
import { createRecords, type Records, type WorkspaceRecord, workspacesMigration } from './records.ts';

let folder: string;
let records: Records;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forgehold-records-'));
  const database = openDatabase(join(folder, 'x.db'), [projectsMigration, workspacesMigration]);
  for (const id of ['a', 'b']) database.exec(`INSERT INTO project VALUES ('${id}', '/${id}', 't', 't')`);
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
    mode: 'restricted',
    limits: { cpus: 1, memoryMb: 2048, pidsLimit: 2048 },
    environment: { A: '1' },
    options: { skipPermissions: false, extraArguments: ['--x'] },
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
});
