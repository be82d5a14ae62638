import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Migration, openDatabase, transaction } from './database.ts';

const first: Migration = { name: 'test/1-things', statements: ['CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT'] };
const second: Migration = { name: 'test/2-colour', statements: ["ALTER TABLE thing ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'"] };

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forgehold-database-'));
  file = join(folder, 'forgehold.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

function backups(): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.backup'));
}

describe('openDatabase', () => {
  it('makes a private database with journal and foreign keys on', () => {
    const database = openDatabase(file, [first]);
    database.exec("INSERT INTO thing (name) VALUES ('anvil')");
    const open = readdirSync(folder).filter((name) => (statSync(join(folder, name)).mode & 0o777) !== 0o600);
    expect(open).toEqual([]);
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(database.prepare('PRAGMA foreign_keys').get()).toEqual({ foreign_keys: 1 });
    database.close();
    expect(backups()).toEqual([]);
  });

  it('applies each migration once, and backs an existing database up first', () => {
    const before = openDatabase(file, [first]);
    before.exec("INSERT INTO thing (name) VALUES ('anvil')");
    before.close();
    openDatabase(file, [first]).close();
    expect(backups()).toEqual([]);
    const after = openDatabase(file, [first, second]);
    expect(after.prepare('SELECT name, colour FROM thing').all()).toEqual([{ name: 'anvil', colour: 'grey' }]);
    after.close();
    expect(backups()).toHaveLength(1);
    const copy = new DatabaseSync(join(folder, backups()[0]!));
    expect(copy.prepare('SELECT * FROM thing').all()).toEqual([{ id: 1, name: 'anvil' }]);
    copy.close();
  });

  it('keeps nothing of a migration that fails', () => {
    openDatabase(file, [first]).close();
    const broken: Migration = { name: 'test/2-broken', statements: [...second.statements, 'ALTER TABLE nowhere ADD COLUMN x TEXT'] };
    expect(() => openDatabase(file, [first, broken])).toThrow(/nowhere/);
    const database = openDatabase(file, [first]);
    expect(database.prepare("SELECT count(*) AS n FROM pragma_table_info('thing') WHERE name = 'colour'").get()).toEqual({ n: 0 });
    database.close();
  });

  it('refuses a database of a newer version and leaves it alone', () => {
    openDatabase(file, [first, second]).close();
    expect(() => openDatabase(file, [first])).toThrow(expect.objectContaining({ code: 'database/newer' }));
    openDatabase(file, [first, second]).close();
  });

  it('refuses a migration that was changed after it had run', () => {
    openDatabase(file, [first]).close();
    expect(() => openDatabase(file, [{ ...first, statements: ['SELECT 1'] }])).toThrow(/changed/);
  });

  it('says that a file is damaged, and does not touch it', () => {
    const rubbish = 'This is no database. '.repeat(400);
    writeFileSync(file, rubbish);
    expect(() => openDatabase(file, [first])).toThrow(expect.objectContaining({ code: 'database/corrupt' }));
    expect(readFileSync(file, 'utf8')).toBe(rubbish);
  });

  it('says that another program holds it', () => {
    openDatabase(file, [first]).close();
    const other = new DatabaseSync(file);
    other.exec('PRAGMA locking_mode = EXCLUSIVE');
    other.exec('BEGIN EXCLUSIVE');
    expect(() => openDatabase(file, [first, second], 50)).toThrow(expect.objectContaining({ code: 'database/locked' }));
    other.close();
  });

  it('says that its place cannot be written', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => openDatabase(join(folder, 'file', 'forgehold.db'), [first])).toThrow(expect.objectContaining({ code: 'database/unusable' }));
  });
});

describe('transaction', () => {
  it('keeps nothing when its work throws', () => {
    const database = openDatabase(file, [first]);
    const work = (): void => {
      database.exec("INSERT INTO thing (name) VALUES ('anvil')");
      throw new Error('no');
    };
    expect(() => transaction(database, work)).toThrow('no');
    expect(database.prepare('SELECT count(*) AS n FROM thing').get()).toEqual({ n: 0 });
    database.close();
  });
});
