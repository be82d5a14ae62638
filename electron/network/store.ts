import type { DatabaseSync } from 'node:sqlite';
import { type Blocked, type Decision, decisionSchema, type Rule } from '../../shared/model/domain.ts';
import type { NetworkMode } from '../../shared/model/workspace.ts';
import { type Migration, transaction } from '../lib/database.ts';
import type { Decided, Ended } from './log-line.ts';
import { matches } from './pattern.ts';

/** Decisions kept per workspace: some days of busy work, 2 MB. */
const DECISIONS_KEPT = 10_000;
/** Blocked names kept per workspace: more than anyone reads; a flood of names cannot grow it. */
const BLOCKED_KEPT = 200;

export const networkMigration: Migration = {
  name: 'network/1-rules-and-decisions',
  statements: [
    `CREATE TABLE network_wall (workspace_id TEXT PRIMARY KEY, project_id TEXT NOT NULL, mode TEXT NOT NULL, read_until INTEGER NOT NULL DEFAULT 0,
      last_seq INTEGER NOT NULL DEFAULT 0, boot TEXT NOT NULL DEFAULT '') STRICT`,
    `CREATE TABLE network_rule (workspace_id TEXT NOT NULL, pattern TEXT NOT NULL, allow_private INTEGER NOT NULL, added_by TEXT NOT NULL,
      added_at TEXT NOT NULL, PRIMARY KEY (workspace_id, pattern)) STRICT`,
    `CREATE TABLE network_decision (workspace_id TEXT NOT NULL, seq INTEGER NOT NULL, key TEXT NOT NULL, time TEXT NOT NULL, host TEXT NOT NULL,
      port INTEGER NOT NULL, protocol TEXT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL, bytes_up INTEGER, bytes_down INTEGER,
      source_port INTEGER NOT NULL, address TEXT NOT NULL, open INTEGER NOT NULL, PRIMARY KEY (workspace_id, seq), UNIQUE (workspace_id, key)) STRICT`,
    'CREATE INDEX network_decision_open ON network_decision (workspace_id) WHERE open = 1',
    `CREATE TABLE network_blocked (workspace_id TEXT NOT NULL, host TEXT NOT NULL, port INTEGER NOT NULL, reason TEXT NOT NULL, tries INTEGER NOT NULL,
      first_at TEXT NOT NULL, last_at TEXT NOT NULL, dismissed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (workspace_id, host)) STRICT`,
  ],
};

export type WallRecord = { readonly projectId: string; readonly mode: NetworkMode };
/** A connection that was let out and has not ended. */
export type OpenConnection = { readonly host: string; readonly protocol: Decision['protocol']; readonly sourcePort: number; readonly address: string };

/** Rules, modes, decisions and blocked names, in SQLite. */
export class WallStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  wall(workspaceId: string): WallRecord | null {
    const row = this.#database.prepare('SELECT project_id, mode FROM network_wall WHERE workspace_id = ?').get(workspaceId);
    return row ? { projectId: row['project_id'] as string, mode: row['mode'] as NetworkMode } : null;
  }

  putWall(workspaceId: string, record: WallRecord): void {
    const sql = 'INSERT INTO network_wall (workspace_id, project_id, mode) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET mode = excluded.mode';
    this.#database.prepare(sql).run(workspaceId, record.projectId, record.mode);
  }

  remove(workspaceId: string): void {
    transaction(this.#database, () => {
      for (const table of ['wall', 'rule', 'decision', 'blocked'])
        this.#database.prepare(`DELETE FROM network_${table} WHERE workspace_id = ?`).run(workspaceId);
    });
  }

  rules(workspaceId: string): readonly Rule[] {
    const rows = this.#database.prepare('SELECT * FROM network_rule WHERE workspace_id = ? ORDER BY added_at, pattern').all(workspaceId);
    return rows.map((row) => ({
      pattern: row['pattern'] as string,
      allowPrivate: row['allow_private'] === 1,
      addedBy: row['added_by'] as Rule['addedBy'],
      addedAt: row['added_at'] as string,
    }));
  }

  /** Adding it again changes `allowPrivate` only. Names that it lets out are blocked no more. */
  putRule(workspaceId: string, rule: Rule): Rule {
    return transaction(this.#database, () => {
      const sql =
        'INSERT INTO network_rule VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET allow_private = excluded.allow_private RETURNING added_by, added_at';
      const row = this.#database.prepare(sql).get(workspaceId, rule.pattern, rule.allowPrivate ? 1 : 0, rule.addedBy, rule.addedAt)!;
      for (const { host, reason } of this.blocked(workspaceId))
        if (matches(rule.pattern, host) && (rule.allowPrivate || reason === 'not-listed')) this.#forget(workspaceId, host);
      return { ...rule, addedBy: row['added_by'] as Rule['addedBy'], addedAt: row['added_at'] as string };
    });
  }

  /** False when there was none. */
  removeRule(workspaceId: string, pattern: string): boolean {
    return this.#database.prepare('DELETE FROM network_rule WHERE workspace_id = ? AND pattern = ?').run(workspaceId, pattern).changes > 0;
  }

  /** Up to where the gateway's log has been read, in milliseconds since the epoch. */
  readUntil(workspaceId: string): number {
    return (this.#database.prepare('SELECT read_until FROM network_wall WHERE workspace_id = ?').get(workspaceId)?.['read_until'] as number | undefined) ?? 0;
  }

  /** Takes in lines of the log, each once however often it is read; answers the decisions that are new or have changed. */
  record(workspaceId: string, lines: readonly (Decided | Ended)[]): readonly Decision[] {
    return transaction(this.#database, () => {
      const changed = lines.map((line) => (line.event === 'decided' ? this.#decide(workspaceId, line) : this.#end(workspaceId, line)));
      const trim = 'DELETE FROM network_decision WHERE workspace_id = ? AND seq <= (SELECT last_seq - ? FROM network_wall WHERE workspace_id = ?)';
      this.#database.prepare(trim).run(workspaceId, DECISIONS_KEPT, workspaceId);
      return changed.filter((decision) => decision !== null);
    });
  }

  decisions(workspaceId: string, query: { readonly limit: number; readonly before?: number; readonly verdict?: Decision['verdict'] }): readonly Decision[] {
    const sql = `SELECT * FROM network_decision WHERE workspace_id = ? AND seq < ? AND (? IS NULL OR verdict = ?) ORDER BY seq DESC LIMIT ?`;
    const verdict = query.verdict ?? null;
    const rows = this.#database.prepare(sql).all(workspaceId, query.before ?? Number.MAX_SAFE_INTEGER, verdict, verdict, query.limit);
    return rows.map((row) => toDecision(workspaceId, row));
  }

  openConnections(workspaceId: string): readonly OpenConnection[] {
    const rows = this.#database
      .prepare('SELECT host, protocol, source_port, address FROM network_decision WHERE workspace_id = ? AND open = 1')
      .all(workspaceId);
    return rows.map((row) => ({
      host: row['host'] as string,
      protocol: row['protocol'] as Decision['protocol'],
      sourcePort: row['source_port'] as number,
      address: row['address'] as string,
    }));
  }

  blocked(workspaceId: string): readonly Blocked[] {
    const sql = 'SELECT * FROM network_blocked WHERE workspace_id = ? AND dismissed = 0 ORDER BY last_at DESC, host';
    return this.#database
      .prepare(sql)
      .all(workspaceId)
      .map((row) => ({
        host: row['host'] as string,
        port: row['port'] as number,
        reason: row['reason'] as Blocked['reason'],
        tries: row['tries'] as number,
        firstAt: row['first_at'] as string,
        lastAt: row['last_at'] as string,
      }));
  }

  /** It stays off the list however often it is tried again; the decisions still tell. */
  dismiss(workspaceId: string, host: string): void {
    this.#database.prepare('UPDATE network_blocked SET dismissed = 1 WHERE workspace_id = ? AND host = ?').run(workspaceId, host);
  }

  #forget(workspaceId: string, host: string): void {
    this.#database.prepare('DELETE FROM network_blocked WHERE workspace_id = ? AND host = ?').run(workspaceId, host);
  }

  #decide(workspaceId: string, line: Decided): Decision | null {
    const known = this.#database.prepare('SELECT 1 FROM network_decision WHERE workspace_id = ? AND key = ?').get(workspaceId, line.id);
    if (known) return null;
    const boot = line.id.split('-')[0]!;
    const wall = this.#database
      .prepare('UPDATE network_wall SET last_seq = last_seq + 1, read_until = max(read_until, ?) WHERE workspace_id = ? RETURNING last_seq, boot')
      .get(line.at, workspaceId);
    if (!wall) return null;
    if (wall['boot'] !== boot && line.reason !== 'malformed') {
      // Another run of the gateway: whatever the last one let out ended with it.
      this.#database.prepare('UPDATE network_decision SET open = 0 WHERE workspace_id = ? AND open = 1').run(workspaceId);
      this.#database.prepare('UPDATE network_wall SET boot = ? WHERE workspace_id = ?').run(boot, workspaceId);
    }
    const { host, port, protocol, verdict, reason } = line;
    const time = new Date(line.at).toISOString();
    const insert = 'INSERT INTO network_decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?, ?, ?)';
    const isOpen = verdict === 'allowed' ? 1 : 0;
    this.#database.prepare(insert).run(workspaceId, wall['last_seq']!, line.id, time, host, port, protocol, verdict, reason, line.source, line.address, isOpen);
    if (reason === 'not-listed' || reason === 'refused-address') this.#count(workspaceId, line, time);
    return { seq: wall['last_seq'] as number, workspaceId, time, host, port, protocol, verdict, reason };
  }

  #end(workspaceId: string, line: Ended): Decision | null {
    const sql = `UPDATE network_decision SET bytes_up = ?, bytes_down = ?, open = 0
      WHERE workspace_id = ? AND key = ? AND verdict = 'allowed' AND bytes_up IS NULL RETURNING *`;
    const row = this.#database.prepare(sql).get(line.up, line.down, workspaceId, line.id);
    return row ? toDecision(workspaceId, row) : null;
  }

  #count(workspaceId: string, { host, port, reason }: Decided, time: string): void {
    const sql = `INSERT INTO network_blocked VALUES (?, ?, ?, ?, 1, ?, ?, 0)
      ON CONFLICT DO UPDATE SET tries = tries + 1, last_at = excluded.last_at, port = excluded.port, reason = excluded.reason`;
    this.#database.prepare(sql).run(workspaceId, host, port, reason, time, time);
    const trim = `DELETE FROM network_blocked WHERE workspace_id = ? AND host IN
      (SELECT host FROM network_blocked WHERE workspace_id = ? ORDER BY last_at DESC, tries DESC, host LIMIT -1 OFFSET ?)`;
    this.#database.prepare(trim).run(workspaceId, workspaceId, BLOCKED_KEPT);
  }
}

function toDecision(workspaceId: string, row: Record<string, unknown>): Decision {
  const bytes = row['bytes_up'] === null ? {} : { bytesUp: row['bytes_up'], bytesDown: row['bytes_down'] };
  return decisionSchema.parse({ ...row, ...bytes, workspaceId });
}
