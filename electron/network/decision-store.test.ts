import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../lib/database.ts';
import { DecisionStore } from './decision-store.ts';
import { parseLine } from './log-line.ts';
import { networkMigrations } from './migrations.ts';
import { WallStore } from './store.ts';

const id = '0a1b2c3d';
let folder: string;
let database: ReturnType<typeof openDatabase>;
let store: DecisionStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forgehold-store-'));
  database = openDatabase(join(folder, 'forgehold.db'), networkMigrations);
  store = new DecisionStore(database);
  new WallStore(database).putWall(id, { projectId: '0123456789ab', mode: 'restricted' });
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As the gateway writes it. */
function block(count: number, name: string) {
  const line = parseLine(
    `{"at":${1_700_000_000_000 + count},"id":"5f-${count}","event":"decided","protocol":"tls","name":"${name}","port":443,"source":40000,"verdict":"deny","reason":"not-listed","address":"","rule":"","quiet":false}`,
  );
  if (line === null) throw new Error('The line could not be read');
  return line;
}

it('a flood of names leaves the newest 2,000 on the list, and the names that were tried before them go', () => {
  store.record(
    id,
    Array.from({ length: 2500 }, (_, count) => block(count, `n${count}.example.com`)),
  );
  const blocked = store.blocked.list(id);
  expect(blocked).toHaveLength(2000);
  expect(blocked[0]?.host).toBe('n2499.example.com');
  expect(blocked.at(-1)?.host).toBe('n500.example.com');
});

it('keeps the last 10,000 decisions, numbered on', () => {
  for (let from = 0; from < 10_500; from += 500)
    store.record(
      id,
      Array.from({ length: 500 }, (_, index) => block(from + index, 'one.example.com')),
    );
  const kept = store.decisions({ workspaceId: id, limit: 20_000 });
  expect(kept).toHaveLength(10_000);
  expect([kept[0]?.seq, kept.at(-1)?.seq]).toEqual([10_500, 501]);
  expect(store.blocked.list(id)).toMatchObject([{ host: 'one.example.com', tries: 10_500 }]);
});

it('takes a line once, however often it is read', () => {
  expect(store.record(id, [block(1, 'a.example.com'), block(1, 'a.example.com')])).toHaveLength(1);
  expect(store.record(id, [block(1, 'a.example.com')])).toEqual([]);
  expect(store.blocked.list(id)[0]?.tries).toBe(1);
});
