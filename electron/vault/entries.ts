import { type AgentType, isBuiltIn } from '../../shared/model/agent.ts';
import type { KeyKept } from '../../shared/model/keychain.ts';
import { Secret } from '../../shared/secret.ts';
import type { KeyOwner } from '../agents/types.ts';
import { accountName, type AccountBook, type KeyAccount } from './accounts.ts';

/**
 * How a key stands to the keychain. `unread`, `unsaved` and `going` have something to do there; `refused` is what the keychain did not do for this
 * one key alone: it is asked again at the next start.
 */
type Standing = 'unread' | 'stored' | 'unsaved' | 'going' | 'unreadable' | 'refused';

export type KeyEntry = KeyAccount & {
  readonly account: string;
  secret: Secret<string> | null;
  standing: Standing;
  /** It stands in the book: the keychain may have it. */
  booked: boolean;
  /** Grows with each change by the user: an answer to a question from before it counts no more. */
  revision: number;
};

/** The keys as they shall be. What the environment gave goes before what was kept, and is never kept itself. */
export class KeyEntries {
  readonly #book: AccountBook;
  readonly #entries = new Map<string, KeyEntry>();
  readonly #given = new Map<AgentType, Map<string, Secret<string>>>();

  constructor(book: AccountBook) {
    this.#book = book;
    for (const { going, ...known } of book.all()) this.#add(known, going ? 'going' : 'unread', true);
  }

  give(agent: AgentType, name: string, key: Secret<string>): void {
    this.#given.set(agent, (this.#given.get(agent) ?? new Map<string, Secret<string>>()).set(name, key));
  }

  /** @returns Whether that changed anything. */
  set(owner: KeyOwner, key: Secret<string> | null, name: string): boolean {
    const given = owner.workspaceId === undefined ? this.#given.get(owner.agent) : undefined;
    const ungiven = name === '' ? given !== undefined && this.#given.delete(owner.agent) : given?.delete(name) === true;
    const others = this.#of(owner).filter((entry) => (name === '' ? entry.name !== '' || key === null : key === null && entry.name === name));
    for (const entry of others) this.#forget(entry);
    const put = key !== null && this.#put({ owner, name }, key);
    return ungiven || others.length > 0 || put;
  }

  forgetAll(): readonly KeyOwner[] {
    const owners = [...[...this.#given.keys()].map((agent) => ({ agent })), ...this.#alive().map(({ owner }) => owner)];
    this.#given.clear();
    for (const entry of this.#alive()) this.#forget(entry);
    return owners;
  }

  /** A workspace that has keys of its own does not get the installation's, not even while its own cannot be read: they may be on another bill. */
  usable(owner: KeyOwner): ReadonlyMap<string, Secret<string>> {
    if (owner.workspaceId !== undefined && this.#of(owner).length > 0) return this.#secrets(owner);
    const { agent } = owner;
    const given = this.#given.get(agent) ?? new Map<string, Secret<string>>();
    // Of a built-in agent one key is used: the environment's, whatever its name.
    return given.size > 0 && isBuiltIn(agent) ? given : new Map([...this.#secrets({ agent }), ...given]);
  }

  /** Of the installation's keys the one in the worst case; `undefined`: there is none. */
  kept(agent: AgentType): KeyKept | undefined {
    if ((this.#given.get(agent)?.size ?? 0) > 0) return 'environment';
    const standings = new Set(this.#of({ agent }).map(({ standing }) => standing));
    if (standings.has('unread')) return 'unread';
    if (standings.has('unreadable')) return 'unreadable';
    if (standings.has('unsaved') || standings.has('refused')) return 'memory';
    return standings.has('stored') ? 'keychain' : undefined;
  }

  isUnread(owner: KeyOwner): boolean {
    return [owner, { agent: owner.agent }].some((one) => this.#of(one).some(({ standing }) => standing === 'unread'));
  }

  /** The next that has something to do in the keychain. Removals first: they make room for nothing that fails. */
  next(): KeyEntry | undefined {
    const all = [...this.#entries.values()];
    return (['going', 'unread', 'unsaved'] as const).map((wanted) => all.find(({ standing }) => standing === wanted)).find((entry) => entry !== undefined);
  }

  accounts(): ReadonlySet<string> {
    return new Set(this.#entries.keys());
  }

  /** Before its key is written: until that is done, what is there counts for nothing. */
  noteGoing(entry: KeyEntry): void {
    this.#book.note(entry, true);
    entry.booked = true;
  }

  noteStored(entry: KeyEntry): void {
    this.#book.note(entry, false);
    entry.standing = 'stored';
  }

  /** What the keychain gave for one that was not read yet; null: it was removed there. */
  read(entry: KeyEntry, value: string | null): void {
    if (value === null) this.lose(entry);
    else if (value === '') this.refuse(entry);
    else Object.assign(entry, { secret: new Secret(value), standing: 'stored' });
  }

  /** It is not in the keychain, or no longer. */
  lose(entry: KeyEntry): void {
    this.#book.drop(entry);
    this.#entries.delete(entry.account);
  }

  /** The keychain did not do it. What shall go stays in the book, for the next start. */
  refuse(entry: KeyEntry): void {
    if (entry.standing === 'going') this.#entries.delete(entry.account);
    else entry.standing = entry.standing === 'unread' ? 'unreadable' : 'refused';
  }

  #put(account: KeyAccount, key: Secret<string>): boolean {
    const entry = this.#entries.get(accountName(account)) ?? this.#add(account, 'refused', false);
    if (entry.secret?.expose() === key.expose() && entry.standing !== 'refused') return false;
    Object.assign(entry, { secret: key, standing: 'unsaved', revision: entry.revision + 1 });
    // Should Forgehold end before the new one is written, the old one must not come back.
    if (entry.booked) this.noteGoing(entry);
    return true;
  }

  #forget(entry: KeyEntry): void {
    Object.assign(entry, { secret: null, standing: 'going', revision: entry.revision + 1 });
    if (entry.booked) this.noteGoing(entry);
    else this.#entries.delete(entry.account);
  }

  #add(account: KeyAccount, standing: Standing, booked: boolean): KeyEntry {
    const entry: KeyEntry = { ...account, account: accountName(account), secret: null, standing, booked, revision: 0 };
    this.#entries.set(entry.account, entry);
    return entry;
  }

  #alive(): KeyEntry[] {
    return [...this.#entries.values()].filter(({ standing }) => standing !== 'going');
  }

  #of({ agent, workspaceId }: KeyOwner): KeyEntry[] {
    return this.#alive().filter(({ owner }) => owner.agent === agent && owner.workspaceId === workspaceId);
  }

  #secrets(owner: KeyOwner): Map<string, Secret<string>> {
    return new Map(this.#of(owner).flatMap(({ name, secret }) => (secret === null ? [] : [[name, secret]])));
  }
}
