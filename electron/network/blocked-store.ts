import type { DatabaseSync } from 'node:sqlite';
import type { Blocked, Decision } from '../../shared/model/domain.ts';
import type { Decided } from './log-line.ts';

/** Blocked names kept per workspace: more than anyone reads; a flood of names cannot grow it. */
const BLOCKED_KEPT = 2000;
/** What a rule could change. A name that a deny rule refuses has been answered. */
const answerable: ReadonlySet<Decision['reason']> = new Set(['not-listed', 'other-request', 'refused-address']);

/** The names that were refused and not answered yet, of each workspace, in SQLite. */
export class BlockedStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Newest first. */
  list(workspaceId: string): readonly Blocked[] {
    const sql = 'SELECT * FROM network_blocked WHERE workspace_id = ? AND dismissed = 0 ORDER BY last_at DESC, host';
    return this.#database
      .prepare(sql)
      .all(workspaceId)
      .map((row) => ({
        ...{ host: String(row['host']), port: Number(row['port']), reason: row['reason'] as Blocked['reason'], tries: Number(row['tries']) },
        ...{ firstAt: String(row['first_at']), lastAt: String(row['last_at']) },
        ...(typeof row['program'] === 'string' && { program: row['program'] }),
      }));
  }

  count(workspaceId: string, { host, port, reason }: Decided, time: string): void {
    if (!answerable.has(reason)) return;
    const sql = `INSERT INTO network_blocked (workspace_id, host, port, reason, tries, first_at, last_at) VALUES (?, ?, ?, ?, 1, ?, ?)
      ON CONFLICT DO UPDATE SET tries = tries + 1, last_at = excluded.last_at, port = excluded.port, reason = excluded.reason`;
    this.#database.prepare(sql).run(workspaceId, host, port, reason, time, time);
  }

  /** The names that were tried longest ago go. */
  trim(workspaceId: string): void {
    const sql = `DELETE FROM network_blocked WHERE workspace_id = ? AND host IN
      (SELECT host FROM network_blocked WHERE workspace_id = ? ORDER BY last_at DESC, tries DESC, host LIMIT -1 OFFSET ?)`;
    this.#database.prepare(sql).run(workspaceId, workspaceId, BLOCKED_KEPT);
  }

  attribute(workspaceId: string, host: string, program: string): void {
    this.#database.prepare('UPDATE network_blocked SET program = ? WHERE workspace_id = ? AND host = ?').run(program, workspaceId, host);
  }

  forget(workspaceId: string, hosts: readonly string[]): void {
    const statement = this.#database.prepare('DELETE FROM network_blocked WHERE workspace_id = ? AND host = ?');
    for (const host of hosts) statement.run(workspaceId, host);
  }

  /** It stays off the list however often it is tried again; the decisions still tell. */
  dismiss(workspaceId: string, host: string): void {
    this.#database.prepare('UPDATE network_blocked SET dismissed = 1 WHERE workspace_id = ? AND host = ?').run(workspaceId, host);
  }
}
