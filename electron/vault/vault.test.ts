import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { Secret } from '../../shared/secret.ts';
import type { KeyOwner } from '../agents/types.ts';
import { type AccountBook, openAccountBook, vaultMigration } from './accounts.ts';
import type { Keychain, Told } from './keychain.ts';
import { createVault } from './vault.ts';

/** Orders of answers that a real keychain gives once in a thousand times; all else is tried on a real one (tests/integration/keychain.test.ts). */
class SlowKeychain implements Keychain {
  readonly items = new Map<string, string>();
  trouble: 'absent' | 'locked' | null = null;
  /** Answers wait for it. */
  gate: Promise<void> = Promise.resolve();
  writes = 0;

  async #tell<T>(act: () => T): Promise<Told<T>> {
    const value = act();
    await this.gate;
    return this.trouble === null ? { kind: 'done', value } : { kind: 'failed', trouble: { kind: this.trouble, why: 'So it is.' } };
  }

  probe = (): Promise<Told<string>> => (this.trouble === 'absent' ? this.#tell(() => '') : Promise.resolve({ kind: 'done', value: 'Test' }));
  peek = (): Promise<Told<number>> => this.#tell(() => this.items.size);
  list = (): Promise<Told<string[]>> => this.#tell(() => [...this.items.keys()]);
  read = (account: string): Promise<Told<string | null>> => this.#tell(() => this.items.get(account) ?? null);
  write = (account: string, secret: string): Promise<Told<unknown>> =>
    this.#tell(() => {
      this.writes += 1;
      if (this.trouble === null) this.items.set(account, secret);
    });
  remove = (account: string): Promise<Told<unknown>> => this.#tell(() => this.trouble === null && this.items.delete(account));
  rest = (): void => undefined;
}

const codex: KeyOwner = { agent: 'codex' };
const own: KeyOwner = { agent: 'codex', workspaceId: 'ab12cd34' };
const keyNames = { codex: ['OPENAI_API_KEY', 'CODEX_API_KEY'] };

function openBook(): AccountBook {
  const database = new DatabaseSync(':memory:');
  for (const statement of vaultMigration.statements) database.exec(statement);
  return openAccountBook(database);
}

function exposed(keys: ReadonlyMap<string, Secret<string>>): Record<string, string> {
  return Object.fromEntries([...keys].map(([name, key]) => [name, key.expose()]));
}

it('reads what was kept, and tells once it is there', async () => {
  const [keychain, book] = [new SlowKeychain(), openBook()];
  const first = createVault({ environment: {}, keyNames, keychain, book });
  first.set(codex, new Secret('one'), 'OPENAI_API_KEY');
  first.set(own, new Secret('two'));
  await first.settled();
  expect([...keychain.items]).toEqual([
    ['codex/OPENAI_API_KEY', 'one'],
    ['codex/*@ab12cd34', 'two'],
  ]);
  const second = createVault({ environment: {}, keyNames, keychain, book });
  const told: KeyOwner[] = [];
  second.onChange((owner) => told.push(owner));
  expect([second.kept('codex'), second.all(codex).size]).toEqual(['unread', 0]);
  await second.settled();
  expect(told).toHaveLength(2);
  expect([exposed(second.all(codex)), exposed(second.all(own))]).toEqual([{ OPENAI_API_KEY: 'one' }, { '': 'two' }]);
});

it('a key that changes while the keychain writes ends as the user had it last', async () => {
  const [keychain, book] = [new SlowKeychain(), openBook()];
  const vault = createVault({ environment: {}, keyNames, keychain, book });
  await vault.settled();
  const gate = Promise.withResolvers<void>();
  keychain.gate = gate.promise;
  vault.set(codex, new Secret('one'));
  while (keychain.writes === 0) await Promise.resolve();
  vault.set(codex, new Secret('two'));
  expect(book.all()).toEqual([{ owner: codex, name: '', going: true }]);
  gate.resolve();
  await vault.settled();
  expect([...keychain.items.values(), vault.kept('codex')]).toEqual(['two', 'keychain']);
  expect(book.all()).toEqual([{ owner: codex, name: '', going: false }]);
});

it('a key that is forgotten while the keychain writes is gone there, too', async () => {
  const [keychain, book] = [new SlowKeychain(), openBook()];
  const vault = createVault({ environment: {}, keyNames, keychain, book });
  await vault.settled();
  const gate = Promise.withResolvers<void>();
  keychain.gate = gate.promise;
  vault.set(codex, new Secret('one'));
  while (keychain.writes === 0) await Promise.resolve();
  vault.set(codex, null);
  gate.resolve();
  await vault.settled();
  expect([keychain.items.size, book.all()]).toEqual([0, []]);
});

it('an old key does not come back when Forgehold ended before its successor was written, nor one that could not be removed', async () => {
  const [keychain, book] = [new SlowKeychain(), openBook()];
  const first = createVault({ environment: {}, keyNames, keychain, book });
  first.set(codex, new Secret('old'), 'OPENAI_API_KEY');
  first.set(codex, new Secret('other'), 'CODEX_API_KEY');
  await first.settled();
  keychain.trouble = 'absent';
  first.set(codex, new Secret('new'), 'OPENAI_API_KEY');
  first.set(codex, null, 'CODEX_API_KEY');
  expect(await first.settled()).toMatchObject({ kind: 'absent' });
  expect(exposed(first.all(codex))).toEqual({ OPENAI_API_KEY: 'new' });
  await first.close();
  keychain.trouble = null;
  const second = createVault({ environment: {}, keyNames, keychain, book });
  await second.settled();
  expect([second.all(codex).size, keychain.items.size, book.all()]).toEqual([0, 0, []]);
});

it('a workspace with a key of its own gets no other while its own is locked away', async () => {
  const [keychain, book] = [new SlowKeychain(), openBook()];
  const first = createVault({ environment: {}, keyNames, keychain, book });
  first.set(own, new Secret('its own'));
  await first.settled();
  keychain.trouble = 'locked';
  const second = createVault({ environment: { OPENAI_API_KEY: 'of all' }, keyNames, keychain, book });
  expect(await second.settled()).toMatchObject({ kind: 'locked' });
  expect([exposed(second.all(own)), exposed(second.all({ agent: 'codex', workspaceId: '00000000' }))]).toEqual([{}, { OPENAI_API_KEY: 'of all' }]);
  expect(second.kept('codex')).toBe('environment');
});

it('asks again for a dialog that was declined only when somebody wants it', async () => {
  const [keychain, book] = [new SlowKeychain(), openBook()];
  const vault = createVault({ environment: {}, keyNames, keychain, book });
  await vault.settled();
  keychain.trouble = 'locked';
  vault.set(codex, new Secret('one'));
  expect(await vault.settled()).toMatchObject({ kind: 'locked', title: 'Test' });
  await vault.look();
  await vault.need(codex);
  expect(keychain.writes).toBe(1);
  await vault.unlock();
  expect([keychain.writes, vault.kept('codex')]).toEqual([2, 'memory']);
});

it('a key of the environment is used and not kept; setting one takes its place', async () => {
  const [keychain, book] = [new SlowKeychain(), openBook()];
  const environment: Record<string, string | undefined> = { CODEX_API_KEY: 'of the environment', KEPT: 'kept' };
  const vault = createVault({ environment, keyNames, keychain, book });
  await vault.settled();
  expect([environment, keychain.items.size, exposed(vault.all(codex))]).toEqual([{ KEPT: 'kept' }, 0, { CODEX_API_KEY: 'of the environment' }]);
  vault.set(codex, new Secret('mine'));
  await vault.settled();
  expect([exposed(vault.all(codex)), vault.kept('codex')]).toEqual([{ '': 'mine' }, 'keychain']);
});

it('with FORGEHOLD_KEYCHAIN=off nothing is written, and that is said', async () => {
  const keychain = new SlowKeychain();
  const vault = createVault({ environment: { FORGEHOLD_KEYCHAIN: 'off' }, keyNames, keychain, book: openBook() });
  vault.set(codex, new Secret('one'));
  expect([await vault.settled(), vault.kept('codex'), keychain.writes]).toEqual([expect.objectContaining({ kind: 'off' }), 'memory', 0]);
});
