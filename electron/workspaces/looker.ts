import { randomBytes } from 'node:crypto';
import type { Mount } from '../engine/objects.ts';
import { chooseUser } from './host-user.ts';
import type { WorkspaceRecord } from './records.ts';
import type { WorkspaceParts } from './types.ts';

/** Containers that only look, and go at once; one that a crash leaves is found by this name. */
export const lookerPrefix = 'forge-look-';

/** A container that can do nothing but look at what is mounted: no network, no power, a read-only root. */
export async function withLooker<T>(
  parts: WorkspaceParts,
  record: WorkspaceRecord,
  mounts: readonly Mount[],
  look: (looker: string) => Promise<T>,
): Promise<T> {
  const { engine } = parts;
  const user = await chooseUser(parts);
  const looker = await engine.createContainer({
    ...{ projectId: record.projectId, workspaceId: record.workspaceId, role: 'probe' },
    name: `${lookerPrefix}${record.workspaceId}-${randomBytes(4).toString('hex')}`,
    image: await parts.images.ensure('agent', () => {}),
    entrypoint: ['sleep'],
    command: ['600'],
    user: `${user.uid}:${user.gid}`,
    env: { HOME: '/', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', GIT_PAGER: 'cat', LC_ALL: 'C' },
    mounts,
    network: 'none',
    readOnlyRoot: true,
    capabilities: [],
    memoryMb: 1024,
    pidsLimit: 256,
    restart: 'no',
    stopGraceSeconds: 1,
  });
  try {
    await engine.startContainer(looker);
    return await look(looker);
  } finally {
    await engine.removeContainer(looker);
  }
}
