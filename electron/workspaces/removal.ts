import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Removal } from '../../shared/model/removal.ts';
import { placeOf } from './place.ts';
import type { WorkspaceRecord } from './records.ts';
import type { WorkspaceParts } from './types.ts';

/** What would go with these workspaces of one project, what stays, and the work in them that lies nowhere else. */
export async function describeRemoval(parts: WorkspaceParts, records: readonly WorkspaceRecord[], keeps: readonly string[]): Promise<Removal> {
  const [workspaces, work] = await Promise.all([Promise.all(records.map((record) => listParts(parts, record))), findWork(parts, records)]);
  return { workspaces, work, keeps: [...keeps] };
}

/** Each is looked at; a workspace that was never made has none. */
export async function findWork(parts: WorkspaceParts, records: readonly WorkspaceRecord[]): Promise<Removal['work']> {
  const found: Removal['work'] = [];
  // One after the other: each look is a container.
  for (const record of records) if (record.phase === 'ready') found.push(...(await placeOf(parts, record).findWork(parts)));
  return found;
}

/** @throws workspace/unpushed-work */
export async function refuseToLose(parts: WorkspaceParts, records: readonly WorkspaceRecord[]): Promise<void> {
  const work = await findWork(parts, records);
  if (work.length === 0) return;
  const names = new Map(records.map(({ workspaceId, name }) => [workspaceId, name]));
  const where = [...new Set(work.map(({ workspaceId }) => `"${names.get(workspaceId)}"`))].join(', ');
  throw new AppError('workspace/unpushed-work', `Work in ${where} lies nowhere else and would be lost. Bring it over first, or remove it all the same.`, {
    details: { work },
  });
}

async function listParts(parts: WorkspaceParts, record: WorkspaceRecord): Promise<Removal['workspaces'][number]> {
  const { workspaceId, name } = record;
  const { engine, terminals, folders } = parts;
  const [containers, networks, volumes] = await Promise.all([
    engine.listContainers({ workspaceId }),
    engine.listNetworks({ workspaceId }),
    engine.listVolumes({ workspaceId }),
  ]);
  const running = terminals.list(workspaceId).filter(({ kind, state }) => kind === 'agent' && ['connected', 'background', 'paused'].includes(state.kind));
  const own = [...new Set([...placeOf(parts, record).folders, folders.home(workspaceId)])];
  return {
    ...{ workspaceId, name },
    containers: containers.filter(({ role }) => role !== 'probe').map((one) => one.name),
    networks: networks.map((one) => one.name),
    volumes: volumes.map((one) => one.name),
    folders: await Promise.all(own.map(async (path) => ({ path, ...(await measure(path)) }))),
    runningTerminals: running.length,
  };
}

/** A person waits for the answer: a folder that takes longer is shown without its size. */
const MEASURE_MS = 500;
const MEASURE_ENTRIES = 20_000;

/** Bytes on the disk of a folder of the workspace's own; nothing when it is not quick to find. Follows no link. */
async function measure(root: string): Promise<{ bytes?: number }> {
  const deadline = performance.now() + MEASURE_MS;
  const waiting = [root];
  let bytes = 0;
  let entries = 0;
  try {
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
      for (const entry of await readdir(folder, { withFileTypes: true })) {
        entries += 1;
        if (entries > MEASURE_ENTRIES || performance.now() > deadline) return {};
        const path = join(folder, entry.name);
        if (entry.isDirectory()) waiting.push(path);
        else bytes += (await lstat(path)).blocks * 512;
      }
    }
    return { bytes };
  } catch (error) {
    // It changes while it is measured, or the agent took away the right to read it: then there is no figure.
    if (typeof (error as NodeJS.ErrnoException).code === 'string') return {};
    throw error;
  }
}
