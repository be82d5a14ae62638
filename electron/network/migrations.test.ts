import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from '../lib/database.ts';
import { networkMigrations } from './migrations.ts';
import { Policy } from './policy.ts';

it('rules of a workspace from before scopes are rules of that workspace, with the ids that they would get today', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'forgehold-migrations-'));
  const file = join(folder, 'forgehold.db');
  const old = openDatabase(file, networkMigrations.slice(0, 1));
  old.exec("INSERT INTO network_wall (workspace_id, project_id, mode) VALUES ('01234567', 'aaaaaaaaaaaa', 'full')");
  old.exec(`INSERT INTO network_rule VALUES ('01234567', '*.example.com', 1, 'agent', '2026-01-01T00:00:00.000Z'),
    ('01234567', 'a.example.com', 0, 'user', '2026-01-02T00:00:00.000Z')`);
  old.close();
  const database = openDatabase(file, networkMigrations);
  const policy = new Policy(database, { debug: () => undefined, warn: () => undefined });
  try {
    const carried = policy.rules('01234567');
    expect(carried).toMatchObject([
      { pattern: '*.example.com', allowPrivate: true, addedBy: 'agent', scope: 'workspace', verdict: 'allow', ports: [], workspaceId: '01234567' },
      { pattern: 'a.example.com', allowPrivate: false, addedBy: 'user' },
    ]);
    const again = await policy.add(
      { workspaceId: '01234567' },
      carried.map(({ pattern, allowPrivate, addedBy }) => ({ pattern, allowPrivate, addedBy })),
    );
    expect(again.map(({ id }) => id)).toEqual(carried.map(({ id }) => id));
    expect(policy.allRules()).toHaveLength(2);
  } finally {
    policy.close();
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
