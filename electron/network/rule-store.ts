import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { HttpRule, Rule } from '../../shared/model/domain.ts';
import { ownerOf, type Place, placeOf } from './rule.ts';

/** What a `once` rule has left from the first connection that it let out, in milliseconds. */
const ONCE_USED = 60_000;
const columns = 'id, scope, owner, verdict, pattern, ports, http, allow_private, quiet, expires_at, note, added_by, preset, added_at';

/** The rules of all lists, in SQLite. Those that have expired are none, also before they are taken away. */
export class RuleStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** What holds in a workspace of a project. */
  effective(workspaceId: string, projectId: string): readonly Rule[] {
    return this.#read("owner = ? OR owner = ? AND scope = 'project' OR owner = ''", workspaceId, projectId);
  }

  /** Of one list: the scopes of a workspace together, a project's, or those for all projects. */
  of(owner: string): readonly Rule[] {
    return this.#read('owner = ?', owner);
  }

  all(): readonly Rule[] {
    return this.#read('true');
  }

  /** In the order of `ids`; those that are not there are left out. */
  find(ids: readonly string[]): readonly Rule[] {
    return ids.flatMap((id) => this.#read('id = ?', id));
  }

  /** The same rule again takes the new rest, and is unused. */
  put(rule: Rule): void {
    const { scope, owner } = placeOf(rule);
    const sql = `INSERT OR REPLACE INTO network_rule (${columns}) VALUES (${columns.replaceAll(/\w+/g, '?')})`;
    this.#database
      .prepare(sql)
      .run(
        ...[rule.id, scope, owner, rule.verdict, rule.pattern, JSON.stringify(rule.ports), rule.http ? JSON.stringify(rule.http) : null],
        ...[rule.allowPrivate ? 1 : 0, rule.quiet ? 1 : 0, rule.expiresAt ?? null, rule.note ?? null, rule.addedBy, rule.preset ?? null, rule.addedAt],
      );
  }

  delete(id: string): void {
    this.#database.prepare('DELETE FROM network_rule WHERE id = ?').run(id);
  }

  /** Those whose time has come, which every other question leaves out. */
  expired(): readonly Rule[] {
    const rows = this.#database.prepare(`SELECT ${columns} FROM network_rule WHERE expires_at <= ?`).all(new Date().toISOString());
    return rows.map(toRule);
  }

  /** When the next one expires, in milliseconds since the epoch. */
  nextExpiry(): number | null {
    const row = this.#database.prepare('SELECT min(expires_at) AS next FROM network_rule WHERE expires_at IS NOT NULL').get();
    return typeof row?.['next'] === 'string' ? Date.parse(row['next']) : null;
  }

  /** A connection was let out by this rule at `at`: one of scope `once` has a minute left, from its first. Whether that was it. */
  use(id: string, at: number): boolean {
    const sql = "UPDATE network_rule SET used_at = ?, expires_at = ? WHERE id = ? AND scope = 'once' AND used_at IS NULL";
    return this.#database.prepare(sql).run(new Date(at).toISOString(), new Date(at + ONCE_USED).toISOString(), id).changes > 0;
  }

  #read(where: string, ...values: SQLInputValue[]): readonly Rule[] {
    const sql = `SELECT ${columns} FROM network_rule WHERE (${where}) AND (expires_at IS NULL OR expires_at > ?) ORDER BY added_at, pattern, id`;
    return this.#database
      .prepare(sql)
      .all(...values, new Date().toISOString())
      .map(toRule);
  }
}

/** As `put` has written it: parsed before, and read too often to be parsed again. */
function toRule(row: Record<string, SQLOutputValue>): Rule {
  const place = { scope: row['scope'], owner: row['owner'] } as Place;
  const { http, expires_at: expiresAt, note, preset } = row;
  return {
    ...{ id: String(row['id']), verdict: row['verdict'] as Rule['verdict'], pattern: String(row['pattern']) },
    ports: JSON.parse(String(row['ports'])) as number[],
    ...(typeof http === 'string' && { http: JSON.parse(http) as HttpRule }),
    ...{ allowPrivate: row['allow_private'] === 1, quiet: row['quiet'] === 1, scope: place.scope, ...ownerOf(place) },
    ...(typeof expiresAt === 'string' && { expiresAt }),
    ...(typeof note === 'string' && { note }),
    ...{ addedBy: row['added_by'] as Rule['addedBy'], ...(typeof preset === 'string' && { preset }), addedAt: String(row['added_at']) },
  };
}
