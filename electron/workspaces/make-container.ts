import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { AppError } from '../../shared/errors.ts';
import type { ContainerSpec } from '../engine/objects.ts';
import type { Engine } from '../engine/types.ts';
import type { WallSite } from '../network/types.ts';
import { packContainerFiles, type ContainerFile } from './container-files.ts';
import { caBundle, ownInit } from './container-spec.ts';
import type { HostUser } from './host-user.ts';
import { type ImageNotes, networkNotes, notePlaces } from './network-note.ts';
import type { WorkspaceRecord } from './records.ts';
import type { WorkspaceParts } from './types.ts';

/** Makes an agent container, whole, that does not run yet; or leaves none. */
export async function makeAgentContainer(
  { engine, tools, resourcesFolder }: WorkspaceParts,
  record: WorkspaceRecord,
  spec: ContainerSpec,
  made: { readonly site: WallSite; readonly user: HostUser; readonly owned: readonly string[]; readonly isOwnImage: boolean },
): Promise<string> {
  const id = await engine.createContainer(spec);
  try {
    const { passwd, group, certificates, notes } = await readImageFiles(engine, id, made.isOwnImage);
    const note = await readFile(join(resourcesFolder, 'agents', 'network.md'), 'utf8');
    const extra = [...networkNotes(note, notes), ...(made.isOwnImage ? await readOwnImageFiles(resourcesFolder) : [])];
    const { user, owned } = made;
    const path = spec.env['PATH'] ?? '';
    const programs = { npm: tools.path('npm'), node: `${tools.path('node')}/bin/node` };
    const files = await packContainerFiles({ ...programs, passwd, group, certificates, caCertificate: made.site.caCertificate, user, path, owned, extra });
    await engine.putArchive(id, files, '/');
    // Before it starts, so that its first process finds them.
    for (const { name, aliases } of record.effective.networks) await engine.joinForeignNetwork(name, id, aliases);
    return id;
  } catch (error) {
    // Without its files it must not be found and started by a later try.
    await engine.removeContainer(id);
    throw error;
  }
}

type ImageFiles = { readonly passwd: string; readonly group: string; readonly certificates: string; readonly notes: ImageNotes };
/** By image id, which names a content. To read a file of a container that does not run, the engine mounts it: 0.1 s each. */
const imageFiles = new Map<string, ImageFiles>();

/** An own image may lack any of them; the certificates of the world are then those that Node brings. */
async function readImageFiles(engine: Engine, containerId: string, isOwnImage: boolean): Promise<ImageFiles> {
  const imageId = (await engine.inspectContainer(containerId))?.imageId;
  const known = imageId === undefined ? undefined : imageFiles.get(imageId);
  if (known) return known;
  const read = async <T>(path: string, otherwise: T): Promise<string | T> => {
    try {
      return Buffer.from(await engine.readFile(containerId, path, 8 * 1024 * 1024)).toString();
    } catch (error) {
      if (isOwnImage && error instanceof AppError && ['engine/no-file', 'engine/not-found'].includes(error.code)) return otherwise;
      throw error;
    }
  };
  const [passwd, group, certificates, claude, codex] = await Promise.all([
    read('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n'),
    read('/etc/group', 'root:x:0:\n'),
    read(caBundle, rootCertificates.join('\n')),
    // Forgehold's own image has none.
    ...[notePlaces.claude, notePlaces.codex].map((path) => (isOwnImage ? read(path, null) : null)),
  ]);
  const files = { passwd, group, certificates, notes: { claude: claude ?? null, codex: codex ?? null } };
  if (imageId !== undefined) imageFiles.set(imageId, files);
  return files;
}

/** What Forgehold's own image brings itself. */
async function readOwnImageFiles(resourcesFolder: string): Promise<readonly ContainerFile[]> {
  const read = (name: string): Promise<string> => readFile(join(resourcesFolder, 'images', 'agent', name), 'utf8');
  return [
    { path: ownInit, content: await read('forge-init'), mode: 0o755 },
    { path: '/opt/forgehold/forge-forward', content: await read('forge-forward'), mode: 0o755 },
    { path: '/etc/forgehold/tmux.conf', content: await read('tmux.conf'), mode: 0o644 },
  ];
}
