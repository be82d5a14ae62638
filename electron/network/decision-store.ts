import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { type Decision, decisionSchema, type Rule } from '../../shared/model/domain.ts';
import { transaction } from '../lib/database.ts';
import type { Caller } from './attribution.ts';
import { BlockedStore } from './blocked-store.ts';
import type { Decided, Ended } from './log-line.ts';
import type { DecisionQuery } from './types.ts';

/** Decisions kept per workspace: some days of busy work, 2 MB. */
const DECISIONS_KEPT = 10_000;

/** A connection that was let out and has not ended. */
export type OpenConnection = Pick<Decision, 'host' | 'port' | 'protocol'> & { readonly sourcePort: number; readonly address: string };

/** What the gateways decided, in SQLite. */
export class DecisionStore {
  readonly blocked: BlockedStore;
  readonly #database: DatabaseSync;
  /** Compiled once: a flood is thousands of lines. */
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.blocked = new BlockedStore(database);
  }

  /** Up to where the gateway's log has been read, in milliseconds since the epoch. */
  readUntil(workspaceId: string): number {
    const row = this.#sql('SELECT read_until FROM network_wall WHERE workspace_id = ?').get(workspaceId);
    return typeof row?.['read_until'] === 'number' ? row['read_until'] : 0;
  }

  /** Takes in lines of the log, each once however often it is read; answers the decisions that are new or have changed. */
  record(workspaceId: string, lines: readonly (Decided | Ended)[]): readonly Decision[] {
    return transaction(this.#database, () => {
      const changed = lines.map((line) => (line.event === 'decided' ? this.#decide(workspaceId, line) : this.#end(workspaceId, line)));
      const trim = 'DELETE FROM network_decision WHERE workspace_id = ? AND seq <= (SELECT last_seq - ? FROM network_wall WHERE workspace_id = ?)';
      this.#sql(trim).run(workspaceId, DECISIONS_KEPT, workspaceId);
      this.blocked.trim(workspaceId);
      return changed.filter((decision) => decision !== null);
    });
  }

  /** Newest first. */
  decisions({ workspaceId, limit, before, until, verdict, search, quiet = false }: DecisionQuery): readonly Decision[] {
    const wanted: [string, ...SQLInputValue[]][] = [
      ...(workspaceId === undefined ? [] : [['workspace_id = ?', workspaceId] as [string, string]]),
      ...(before === undefined ? [] : [['seq < ?', before] as [string, number]]),
      ...(until === undefined ? [] : [['time < ?', new Date(until).toISOString()] as [string, string]]),
      ...(verdict === undefined ? [] : [['verdict = ?', verdict] as [string, string]]),
      ...(quiet ? [] : [['quiet = 0'] as [string]]),
    ];
    if (search !== undefined && search !== '') {
      const part = search.toLowerCase();
      wanted.push(["(instr(host, ?) OR instr(lower(coalesce(program, '')), ?) OR instr(lower(coalesce(worktree, '')), ?))", part, part, part]);
    }
    const where = wanted.length === 0 ? 'true' : wanted.map(([condition]) => condition).join(' AND ');
    const order = workspaceId === undefined ? 'time DESC, workspace_id, seq DESC' : 'seq DESC';
    const values = wanted.flatMap(([, ...rest]) => rest);
    return this.#sql(`SELECT * FROM network_decision WHERE ${where} ORDER BY ${order} LIMIT ?`)
      .all(...values, limit)
      .map(toDecision);
  }

  /** Between two times: let out, or refused for an address; oldest first. */
  reached(workspaceId: string, since: string, until: string): readonly Decision[] {
    const sql = `SELECT * FROM network_decision WHERE workspace_id = ? AND time >= ? AND time <= ? AND (verdict = 'allowed' OR reason = 'refused-address') ORDER BY seq`;
    return this.#sql(sql).all(workspaceId, since, until).map(toDecision);
  }

  openConnections(workspaceId: string): readonly OpenConnection[] {
    const rows = this.#sql('SELECT host, port, protocol, source_port, address FROM network_decision WHERE workspace_id = ? AND open = 1').all(workspaceId);
    return rows.map((row) => ({
      host: String(row['host']),
      port: Number(row['port']),
      protocol: row['protocol'] as Decision['protocol'],
      sourcePort: Number(row['source_port']),
      address: String(row['address']),
    }));
  }

  /** How often rules decided since midnight UTC, and when last. */
  counted(rules: readonly Rule[]): readonly Rule[] {
    const midnight = `${new Date().toISOString().slice(0, 10)}T00:00:00.000Z`;
    const sql = `SELECT max(time) AS last, (SELECT count(*) FROM network_decision WHERE rule = ?1 AND time >= ?2) AS hits FROM network_decision WHERE rule = ?1`;
    return rules.map((rule) => {
      const row = this.#sql(sql).get(rule.id, midnight);
      const last = row?.['last'];
      return { ...rule, hits: Number(row?.['hits'] ?? 0), ...(typeof last === 'string' && { lastHitAt: last }) };
    });
  }

  /** Says who made a connection, by its key in the log, once; answers the decision as it is then, or null. */
  attribute(workspaceId: string, key: string, { program, worktree }: Caller): Decision | null {
    const sql = 'UPDATE network_decision SET program = ?, worktree = ? WHERE workspace_id = ? AND key = ? AND program IS NULL RETURNING *';
    const row = this.#sql(sql).get(program ?? null, worktree ?? null, workspaceId, key);
    if (row === undefined) return null;
    const decision = toDecision(row);
    if (program !== undefined) this.blocked.attribute(workspaceId, decision.host, program);
    return decision;
  }

  #decide(workspaceId: string, line: Decided): Decision | null {
    if (this.#sql('SELECT 1 FROM network_decision WHERE workspace_id = ? AND key = ?').get(workspaceId, line.id)) return null;
    const boot = line.id.split('-')[0]!;
    const wall = this.#sql(
      'UPDATE network_wall SET last_seq = last_seq + 1, read_until = max(read_until, ?) WHERE workspace_id = ? RETURNING last_seq, boot',
    ).get(line.at, workspaceId);
    if (!wall) return null;
    if (wall['boot'] !== boot && line.reason !== 'malformed') {
      // Another run of the gateway: whatever the last one let out ended with it.
      this.#sql('UPDATE network_decision SET open = 0 WHERE workspace_id = ? AND open = 1').run(workspaceId);
      this.#sql('UPDATE network_wall SET boot = ? WHERE workspace_id = ?').run(boot, workspaceId);
    }
    const { host, port, protocol, verdict, reason, rule, quiet } = line;
    const time = new Date(line.at).toISOString();
    const insert = `INSERT INTO network_decision (workspace_id, seq, key, time, host, port, protocol, verdict, reason, source_port, address, open, rule, quiet)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`;
    const facts = [workspaceId, Number(wall['last_seq']), line.id, time, host, port, protocol, verdict, reason, line.source, line.address];
    const row = this.#sql(insert).get(...facts, verdict === 'allowed' ? 1 : 0, rule ?? null, quiet ? 1 : 0)!;
    this.blocked.count(workspaceId, line, time);
    return toDecision(row);
  }

  #end(workspaceId: string, line: Ended): Decision | null {
    const sql = `UPDATE network_decision SET bytes_up = ?, bytes_down = ?, open = 0
      WHERE workspace_id = ? AND key = ? AND verdict = 'allowed' AND bytes_up IS NULL RETURNING *`;
    const row = this.#sql(sql).get(line.up, line.down, workspaceId, line.id);
    return row ? toDecision(row) : null;
  }

  #sql(text: string): StatementSync {
    const known = this.#statements.get(text);
    if (known !== undefined) return known;
    const made = this.#database.prepare(text);
    this.#statements.set(text, made);
    return made;
  }
}

function toDecision(row: Record<string, unknown>): Decision {
  return decisionSchema.parse({
    ...{ seq: row['seq'], workspaceId: row['workspace_id'], time: row['time'], host: row['host'], port: row['port'], protocol: row['protocol'] },
    ...{ verdict: row['verdict'], reason: row['reason'], ...(row['rule'] !== null && { rule: row['rule'] }), ...(row['quiet'] === 1 && { quiet: true }) },
    ...(row['address'] !== '' && { address: row['address'] }),
    ...(row['program'] !== null && { program: row['program'] }),
    ...(row['worktree'] !== null && { worktree: row['worktree'] }),
    ...(row['bytes_up'] !== null && { bytesUp: row['bytes_up'], bytesDown: row['bytes_down'] }),
  });
}
