import type { Readable } from 'node:stream';
import type { ContainerInspectInfo } from 'dockerode';
import { AppError } from '../../shared/errors.ts';
import type { Connection } from './connection.ts';
import { toCreateBody, toLimits } from './container-body.ts';
import { tolerateAbsent, tolerateUnchanged } from './errors.ts';
import { belongingOf, isReference, type Jail, notOurs } from './jail.ts';
import type { ContainerInfo } from './objects.ts';
import type { Engine } from './types.ts';

/** Over the grace that the engine itself waits. */
const stopSlackMs = 20_000;
const archiveTimeoutMs = 300_000;
const waitTimeoutMs = 600_000;

type Containers = Pick<
  Engine,
  | 'createContainer'
  | 'startContainer'
  | 'stopContainer'
  | 'removeContainer'
  | 'renameContainer'
  | 'updateContainer'
  | 'waitContainer'
  | 'inspectContainer'
  | 'listContainers'
  | 'putArchive'
>;

export function createContainers(connection: Connection, jail: Jail): Containers {
  const { request } = bind(connection);

  async function inspectContainer(idOrName: string): Promise<ContainerInfo | null> {
    const found = await jail.inspectContainer(idOrName);
    return found === null || !jail.isOurs(found.Config.Labels) ? null : toContainerInfo(found);
  }

  return {
    inspectContainer,

    async createContainer(spec) {
      const networkId = spec.network === 'none' ? null : await requireNetwork(jail, spec.network.name);
      for (const mount of spec.mounts) if (mount.kind === 'volume') await requireVolume(jail, mount.source);
      const body = toCreateBody(spec, { labels: jail.labelsForContainer(spec), networkId });
      const creating = request(`create container ${spec.name}`, (docker, abortSignal) => docker.createContainer({ ...body, abortSignal }));
      const created = await creating.catch((error: unknown) => explainTakenName(jail, spec.name, error));
      jail.trust(created.id);
      return created.id;
    },

    async startContainer(id) {
      const own = await jail.requireContainer(id);
      const starting = request(`start container ${id}`, (docker, abortSignal) => docker.getContainer(own).start({ abortSignal }), { timeoutMs: 60_000 });
      await tolerateUnchanged(starting);
    },

    async stopContainer(id, graceSeconds) {
      const own = await jail.container(id);
      if (own === null) return;
      const options = { timeoutMs: graceSeconds * 1_000 + stopSlackMs };
      const stopping = request(`stop container ${id}`, (docker, abortSignal) => docker.getContainer(own).stop({ t: graceSeconds, abortSignal }), options);
      await tolerateAbsent(tolerateUnchanged(stopping));
    },

    removeContainer: (id) => remove(connection, jail, id),

    async renameContainer(id, name) {
      const own = await jail.requireContainer(id);
      const renaming = request(`rename container ${id}`, (docker, abortSignal) => docker.getContainer(own).rename({ name, abortSignal }));
      await renaming.catch((error: unknown) => explainTakenName(jail, name, error));
    },

    updateContainer: (id, limits) => updateLimits(connection, jail, id, limits),

    async waitContainer(id, options = {}) {
      const own = await jail.requireContainer(id);
      const limits = { timeoutMs: options.timeoutMs ?? waitTimeoutMs, signal: options.signal };
      const answer: unknown = await request(`wait for container ${id}`, (docker, abortSignal) => docker.getContainer(own).wait({ abortSignal }), limits);
      return (answer as { readonly StatusCode: number }).StatusCode;
    },

    async listContainers(filter) {
      const filters = jail.filter(filter);
      const found = await request('list containers', (docker, abortSignal) => docker.listContainers({ all: true, filters, abortSignal }));
      // The list lacks exit codes and start times; asking each is one cheap request, and the few that vanish meanwhile fall out.
      const infos = await Promise.all(found.map((container) => inspectContainer(container.Id)));
      return infos.filter((info) => info !== null);
    },

    async putArchive(id, tar, path) {
      const own = await jail.requireContainer(id);
      await request(`copy files to ${path}`, (docker, abortSignal) => docker.getContainer(own).putArchive(toBody(tar), { path, abortSignal }), {
        timeoutMs: archiveTimeoutMs,
        signal: failureOf(tar),
      });
    },
  };
}

function toBody(tar: Readable | Uint8Array): Readable | Buffer {
  return tar instanceof Uint8Array ? Buffer.from(tar.buffer, tar.byteOffset, tar.byteLength) : tar;
}

/** A source that fails would leave the engine waiting for the rest until the time limit. */
function failureOf(tar: Readable | Uint8Array): AbortSignal {
  const broken = new AbortController();
  if (!(tar instanceof Uint8Array)) tar.once('error', (error) => broken.abort(error));
  return broken.signal;
}

function bind(connection: Connection): { readonly request: Connection['request'] } {
  return { request: connection.request.bind(connection) };
}

/** A network is joined by id: a stranger's of the same name is then out of reach. */
async function requireNetwork(jail: Jail, name: string): Promise<string> {
  const network = await jail.network(name);
  if (network === null)
    throw new AppError('engine/no-network', `The network ${name} is gone. Start the workspace again to make it anew.`, { details: { network: name } });
  return network.Id;
}

/** The engine would make a missing volume itself, without labels, and mount a stranger's without asking. */
async function requireVolume(jail: Jail, name: string): Promise<void> {
  const found = isReference(name) ? await jail.volumeLabels(name) : null;
  if (found === null)
    throw new AppError('engine/no-volume', `The volume ${name} is gone. Start the workspace again to make it anew.`, { details: { volume: name } });
  if (!jail.isOurs(found)) throw notOurs('volume', name);
}

async function updateLimits(connection: Connection, jail: Jail, id: string, limits: Parameters<Engine['updateContainer']>[1]): Promise<void> {
  const own = await jail.requireContainer(id);
  const body = toLimits(limits);
  await connection.request(`change the limits of container ${id}`, (docker, abortSignal) => docker.getContainer(own).update({ ...body, abortSignal }));
}

async function remove(connection: Connection, jail: Jail, id: string): Promise<void> {
  const own = await jail.container(id);
  if (own === null) return;
  const options = { force: true, v: true };
  const removed = connection.request(`remove container ${id}`, (docker, abortSignal) => docker.getContainer(own).remove({ ...options, abortSignal }));
  await tolerateAbsent(removed).catch((error: unknown) => untilRemoved(jail, own, error));
  jail.forget(own);
}

/** A taken name may be our own leftover, which the caller can deal with. */
async function explainTakenName(jail: Jail, name: string, error: unknown): Promise<never> {
  if (!hasCode(error, 'engine/name-taken')) throw error;
  const holder = await jail.inspectContainer(name);
  if (holder === null || !jail.isOurs(holder.Config.Labels)) throw error;
  throw new AppError('engine/exists', `There is a container named ${name} already.`, { details: { name, id: holder.Id }, cause: error });
}

/** Another removal of the same container is under way: wait for that one. */
async function untilRemoved(jail: Jail, id: string, error: unknown): Promise<void> {
  if (!hasCode(error, 'engine/removing')) throw error;
  for (let tries = 0; tries < 300; tries++) {
    if ((await jail.inspectContainer(id)) === null) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw error;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof AppError && error.code === code;
}

function toContainerInfo(found: ContainerInspectInfo): ContainerInfo {
  return {
    ...belongingOf(found.Config.Labels),
    id: found.Id,
    name: found.Name.replace(/^\//, ''),
    image: found.Config.Image,
    imageId: found.Image,
    status: found.State.Status as ContainerInfo['status'],
    exitCode: found.State.ExitCode,
    oomKilled: found.State.OOMKilled,
    startedAt: found.State.StartedAt,
    finishedAt: found.State.FinishedAt,
    restartCount: found.RestartCount,
    networks: Object.fromEntries(Object.entries(found.NetworkSettings.Networks).map(([name, network]) => [name, network.IPAddress])),
  };
}
