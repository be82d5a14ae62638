import type { NetworkMode } from '../../shared/model/workspace-parts.ts';
import type { WorkspaceDetails } from '../../shared/model/workspace.ts';
import type { Book, Entry } from './book.ts';
import { placeOf } from './place.ts';
import type { WorkspaceParts } from './types.ts';

/** A workspace as it is known, with what the engine has of it now. `mode`: the present one. */
export async function inspectWorkspace(parts: WorkspaceParts, book: Book, entry: Entry, mode: NetworkMode): Promise<WorkspaceDetails> {
  const { engine } = parts;
  const { workspaceId } = entry.record;
  const [containers, networks, volumes] = await Promise.all([
    engine.listContainers({ workspaceId }),
    engine.listNetworks({ workspaceId }),
    engine.listVolumes({ workspaceId }),
  ]);
  const shown = containers.flatMap(({ role, name, id, image, status }) => (role === 'agent' || role === 'gateway' ? [{ role, name, id, image, status }] : []));
  return {
    ...book.describe(entry),
    options: { ...entry.record.asked, mode },
    environment: entry.record.effective.env,
    containers: shown,
    networks: networks.map(({ name, subnets }) => ({ name, subnet: subnets[0] ?? '' })),
    volumes: volumes.map((volume) => volume.name),
    folders: [...placeOf(parts, entry.record).folders],
  };
}
