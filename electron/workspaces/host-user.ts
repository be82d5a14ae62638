import type { WorkspaceParts } from './types.ts';

export type HostUser = WorkspaceParts['hostUser'];

/** In a rootless engine the host's user is uid 0 inside. */
export async function chooseUser(parts: Pick<WorkspaceParts, 'engine' | 'hostUser'>): Promise<HostUser> {
  const { rootless } = await parts.engine.info();
  return rootless ? { uid: 0, gid: 0 } : parts.hostUser;
}
