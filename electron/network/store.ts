import type { DatabaseSync } from 'node:sqlite';
import { type SelfTestReport, selfTestReportSchema } from '../../shared/model/selftest.ts';
import { type NetworkMode, networkModeSchema } from '../../shared/model/workspace-parts.ts';
import { transaction } from '../lib/database.ts';

/** `learning`: since when and until when, in ISO 8601; null when there is nothing to review. */
export type WallRecord = {
  readonly projectId: string;
  readonly mode: NetworkMode;
  readonly learning: { readonly since: string; readonly until: string } | null;
};

/** Which workspaces have a wall, in which mode, and how its last test went. In SQLite. */
export class WallStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  wall(workspaceId: string): WallRecord | null {
    const sql = 'SELECT project_id, mode, learning_since, learning_until FROM network_wall WHERE workspace_id = ?';
    const row = this.#database.prepare(sql).get(workspaceId);
    if (row === undefined) return null;
    const { learning_since: since, learning_until: until } = row;
    const learning = typeof since === 'string' && typeof until === 'string' ? { since, until } : null;
    return { projectId: String(row['project_id']), mode: networkModeSchema.parse(row['mode']), learning };
  }

  /** Of a project, or of all. */
  workspaces(projectId?: string): readonly string[] {
    const rows = this.#database.prepare('SELECT workspace_id FROM network_wall WHERE ? IS NULL OR project_id = ?').all(projectId ?? null, projectId ?? null);
    return rows.map((row) => String(row['workspace_id']));
  }

  /** A wall that is known keeps what it learns. */
  putWall(workspaceId: string, { projectId, mode }: Pick<WallRecord, 'projectId' | 'mode'>): void {
    const sql = 'INSERT INTO network_wall (workspace_id, project_id, mode) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET mode = excluded.mode';
    this.#database.prepare(sql).run(workspaceId, projectId, mode);
  }

  setMode(workspaceId: string, mode: NetworkMode, learning: WallRecord['learning']): void {
    const sql = 'UPDATE network_wall SET mode = ?, learning_since = ?, learning_until = ? WHERE workspace_id = ?';
    this.#database.prepare(sql).run(mode, learning?.since ?? null, learning?.until ?? null, workspaceId);
  }

  /** Those that learn, and until when in milliseconds since the epoch. */
  learning(): readonly { readonly workspaceId: string; readonly until: number }[] {
    const rows = this.#database.prepare("SELECT workspace_id, learning_until FROM network_wall WHERE mode = 'learning'").all();
    return rows.map((row) => ({ workspaceId: String(row['workspace_id']), until: Date.parse(String(row['learning_until'])) || 0 }));
  }

  lastTest(workspaceId: string): SelfTestReport | null {
    const row = this.#database.prepare('SELECT report FROM network_test WHERE workspace_id = ?').get(workspaceId);
    return row === undefined ? null : selfTestReportSchema.parse(JSON.parse(String(row['report'])));
  }

  putTest(report: SelfTestReport): void {
    this.#database.prepare('INSERT OR REPLACE INTO network_test VALUES (?, ?)').run(report.workspaceId, JSON.stringify(report));
  }

  /** With all that is the workspace's own: rules, decisions, blocked names, the last test. */
  remove(workspaceId: string): void {
    transaction(this.#database, () => {
      for (const table of ['wall', 'decision', 'blocked', 'test'])
        this.#database.prepare(`DELETE FROM network_${table} WHERE workspace_id = ?`).run(workspaceId);
      this.#database.prepare('DELETE FROM network_rule WHERE owner = ?').run(workspaceId);
    });
  }
}
