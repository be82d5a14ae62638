import type { DatabaseSync } from 'node:sqlite';
import type { KeyOwner } from '../agents/types.ts';
import type { Migration } from '../lib/database.ts';

export const vaultMigration: Migration = {
  name: 'vault/1-accounts',
  statements: [
    // What the keychain may hold of ours, by name; `workspace` and `name` are empty where there is none. `going`: must not be used again, and is removed when the keychain lets us.
    `CREATE TABLE vault_account (agent TEXT NOT NULL, workspace TEXT NOT NULL, name TEXT NOT NULL, going INTEGER NOT NULL, PRIMARY KEY (agent, workspace, name)) STRICT`,
  ],
};

/** Whose key of which variable; a name alone, no secret. */
export type KeyAccount = { readonly owner: KeyOwner; readonly name: string };

/** Names of what is in the keychain: an account is here before its key is there, and until its key is gone. */
export type AccountBook = {
  readonly all: () => readonly (KeyAccount & { readonly going: boolean })[];
  readonly note: (account: KeyAccount, going: boolean) => void;
  readonly drop: (account: KeyAccount) => void;
};

/** As the keychain's own program shows it: `codex/OPENAI_API_KEY`, `codex/*` for one without a name, `…@<workspace>`. */
export function accountName({ owner: { agent, workspaceId }, name }: KeyAccount): string {
  return `${agent}/${name === '' ? '*' : name}${workspaceId === undefined ? '' : `@${workspaceId}`}`;
}

export function openAccountBook(database: DatabaseSync): AccountBook {
  const list = database.prepare('SELECT agent, workspace, name, going FROM vault_account');
  const note = database.prepare('INSERT OR REPLACE INTO vault_account (agent, workspace, name, going) VALUES (?, ?, ?, ?)');
  const drop = database.prepare('DELETE FROM vault_account WHERE agent = ? AND workspace = ? AND name = ?');
  return {
    all: () =>
      list.all().map((row) => ({
        owner: { agent: row['agent'] as string, ...(row['workspace'] !== '' && { workspaceId: row['workspace'] as string }) },
        name: row['name'] as string,
        going: row['going'] === 1,
      })),
    note: ({ owner, name }, going) => void note.run(owner.agent, owner.workspaceId ?? '', name, going ? 1 : 0),
    drop: ({ owner, name }) => void drop.run(owner.agent, owner.workspaceId ?? '', name),
  };
}

/** For a vault that writes nothing down. */
export const noBook: AccountBook = { all: () => [], note: () => undefined, drop: () => undefined };
