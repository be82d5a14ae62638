import type { KeyOwner } from '../agents/types.ts';
import type { Book, Entry } from './book.ts';
import { agentContainer } from './bring-up.ts';
import { chooseUser } from './host-user.ts';
import type { WorkspaceParts } from './types.ts';

/** A key was set or forgotten: the running workspaces that it concerns get it, or lose it, at once; paused ones when they go on. */
export async function deliverKeys(parts: WorkspaceParts, book: Book, owner: KeyOwner): Promise<void> {
  const concerned = book
    .all()
    .filter(({ record }) => record.agent === owner.agent && (owner.workspaceId === undefined || record.workspaceId === owner.workspaceId));
  for (const entry of concerned) {
    if (entry.state.kind === 'paused') book.save(entry, { owesKeys: true });
    else if (entry.state.kind === 'running') await deliver(parts, book, entry);
  }
}

/** A workspace goes on: keys that changed while nothing could be run in it, perhaps under an earlier core. */
export async function deliverOwedKeys(parts: WorkspaceParts, book: Book, entry: Entry): Promise<void> {
  const { agent, workspaceId, owesKeys } = entry.record;
  if (owesKeys !== true) return;
  // What cannot be read yet comes when it can be: the vault tells of it then. Until then the old key is better than none.
  if (await parts.vault.need({ agent, workspaceId })) await deliver(parts, book, entry);
}

async function deliver(parts: WorkspaceParts, book: Book, entry: Entry): Promise<void> {
  const { record, containerId } = entry;
  if (containerId === undefined) return;
  try {
    await parts.home.deliverKey(agentContainer(record, containerId, await chooseUser(parts)));
    if (record.owesKeys === true) book.save(entry, { owesKeys: undefined });
  } catch (error) {
    parts.log.warn({ workspaceId: record.workspaceId, error }, 'A key could not be delivered');
  }
}
