import type { KeyOwner } from '../agents/types.ts';
import type { KeyEntries, KeyEntry } from './entries.ts';
import type { Keychain, Told } from './keychain.ts';
import type { Trouble } from './trouble.ts';

export type SynchroniseOptions = {
  readonly keychain: Keychain;
  readonly entries: KeyEntries;
  /** Also what the book does not know: of a database that was lost, or brought back from a backup. */
  readonly wipe: boolean;
  /** Nobody asked for it: a keychain that is known to be locked is left alone. */
  readonly quiet: boolean;
  /** A dialog was declined: only a keychain that is seen to be open is asked. */
  readonly declined: boolean;
  readonly isOver: () => boolean;
  /** A key is where it shall be, or known to be unreadable. `isNews`: there is one to use that was not there before. */
  readonly onSettled: (owner: KeyOwner, isNews: boolean) => void;
  /** A person is being asked, by the keychain of this title. */
  readonly onAsking: (title: string) => void;
};

export type Outcome =
  | { readonly kind: 'done'; readonly title: string }
  | { readonly kind: 'locked'; readonly title: string; readonly declined: boolean }
  | { readonly kind: 'absent'; readonly why: string };

/** Brings the keychain to what the entries say, and reads what it has. Each step can be the last one before a power cut. */
export async function synchronise(options: SynchroniseOptions): Promise<Outcome> {
  const { keychain, entries, wipe, quiet, declined, isOver, onAsking } = options;
  const probe = await keychain.probe();
  if (probe.kind === 'failed') return stopped(probe.trouble, 'the keychain', false);
  const title = probe.value;
  // One that locks itself after a while is as good as an open one, until something is wanted of it.
  if (entries.next() === undefined && !wipe) return { kind: 'done', title };
  if (quiet) {
    const peek = await keychain.peek();
    const locked = peek.kind === 'failed' && peek.trouble.kind === 'locked';
    if (locked || (declined && !(peek.kind === 'done' && peek.value > 0))) return { kind: 'locked', title, declined };
  }
  for (let entry = entries.next(); entry !== undefined && !isOver(); entry = entries.next()) {
    const trouble = await settle(entry, options, () => onAsking(title));
    if (trouble) return stopped(trouble, title, true);
  }
  if (wipe && !isOver()) {
    const trouble = await removeUnknown(options, () => onAsking(title));
    if (trouble) return stopped(trouble, title, true);
  }
  return { kind: 'done', title };
}

function stopped({ kind, why }: Trouble, title: string, asked: boolean): Outcome {
  return kind === 'locked' ? { kind, title, declined: asked } : { kind: 'absent', why };
}

/** Does what one entry needs. An answer that comes after the user changed the key is dropped: the next round does what is needed then. */
async function settle(entry: KeyEntry, { keychain, entries, isOver, onSettled }: SynchroniseOptions, onSlow: () => void): Promise<Trouble | null> {
  const { revision, standing, account, secret } = entry;
  if (standing === 'unsaved') entries.noteGoing(entry);
  const told = await act();
  if (isOver() || entry.revision !== revision) return null;
  if (told.kind === 'failed') {
    if (told.trouble.kind !== 'unreadable') return told.trouble;
    entries.refuse(entry);
    onSettled(entry.owner, false);
    return null;
  }
  if (standing === 'going') entries.lose(entry);
  else if (standing === 'unsaved') entries.noteStored(entry);
  else entries.read(entry, told.value as string | null);
  onSettled(entry.owner, standing === 'unread' && entry.secret !== null);
  return null;

  function act(): Promise<Told<unknown>> {
    if (standing === 'going') return keychain.remove(account, onSlow);
    return secret !== null ? keychain.write(account, secret.expose(), onSlow) : keychain.read(account, onSlow);
  }
}

async function removeUnknown({ keychain, entries }: SynchroniseOptions, onSlow: () => void): Promise<Trouble | null> {
  const list = await keychain.list();
  if (list.kind === 'failed') return list.trouble;
  for (const account of list.value.filter((one) => !entries.accounts().has(one))) {
    const told = await keychain.remove(account, onSlow);
    if (told.kind === 'failed' && told.trouble.kind !== 'unreadable') return told.trouble;
  }
  return null;
}
