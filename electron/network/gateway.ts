import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import { containerName, wallVolumeName } from '../engine/names.ts';
import type { ContainerInfo, ContainerSpec } from '../engine/objects.ts';
import type { Engine } from '../engine/types.ts';
import { gatewayUid, isReady, packFiles } from './runtime.ts';

/** Grows with each change of how the container is made, so that those of an older version are made anew. */
const SHAPE = 2;
/** From start to the first answer, in milliseconds; about one second on a quiet machine. */
const READY_TIMEOUT = 30_000;

export type GatewayPlace = {
  readonly projectId: string;
  readonly workspaceId: string;
  readonly image: string;
  readonly egress: { readonly id: string; readonly name: string };
  readonly private: { readonly id: string; readonly name: string };
  /** IPv4 on the private network. */
  readonly address: string;
};

/** The gateway's container, running and answering. One that stands as it should is kept, with its connections. */
export async function ensureGateway(
  engine: Engine,
  place: GatewayPlace,
  files: Readonly<Record<string, string>>,
  onDetail: (line: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  const spec = describeGateway(place);
  const found = await engine.inspectContainer(spec.name);
  if (found !== null && !fits(found, spec, place)) {
    onDetail('Replacing the gateway');
    await engine.removeContainer(found.id);
  } else if (found !== null && found.status === 'running') {
    await waitUntilReady(engine, found.id, signal);
    return found.id;
  } else if (found !== null && found.status === 'restarting') await engine.stopContainer(found.id, 1);
  signal?.throwIfAborted();
  const id = found !== null && fits(found, spec, place) ? found.id : await create(engine, spec, place);
  await engine.putArchive(id, await packFiles(files), '/cfg');
  onDetail('Starting the gateway');
  await start(engine, id);
  await waitUntilReady(engine, id, signal);
  return id;
}

async function start(engine: Engine, id: string): Promise<void> {
  try {
    await engine.startContainer(id);
  } catch (cause) {
    if (!(cause instanceof AppError && cause.code === 'engine/network-full')) throw cause;
    throw new AppError('network/egress-full', 'Every address of the egress network is in use. Stop another workspace, then start this one again.', { cause });
  }
}

/** On both networks before it starts, so that what it binds to exists. */
async function create(engine: Engine, spec: ContainerSpec, place: GatewayPlace): Promise<string> {
  await engine.ensureVolume(wallVolumeName(place.projectId, place.workspaceId), { projectId: place.projectId, workspaceId: place.workspaceId });
  const id = await engine.createContainer(spec);
  try {
    await engine.connectNetwork(place.private.name, id, { address: place.address });
    return id;
  } catch (error) {
    await engine.removeContainer(id);
    throw error;
  }
}

function describeGateway(place: GatewayPlace): ContainerSpec {
  const { projectId, workspaceId, image } = place;
  return {
    projectId,
    workspaceId,
    role: 'gateway',
    spec: createHash('sha256')
      .update(JSON.stringify([SHAPE, place]))
      .digest('hex')
      .slice(0, 16),
    name: containerName('gateway', projectId, workspaceId),
    image,
    user: `${gatewayUid}:${gatewayUid}`,
    hostname: 'gateway',
    env: { GATEWAY_ADDRESS: place.address, WORKSPACE_ID: workspaceId },
    mounts: [
      { kind: 'volume', source: wallVolumeName(projectId, workspaceId), target: '/cfg', readOnly: false },
      { kind: 'tmpfs', target: '/tmp', sizeMb: 16, mode: 0o700, uid: gatewayUid, gid: gatewayUid, noExec: true },
    ],
    network: { name: place.egress.name },
    readOnlyRoot: true,
    capabilities: [],
    sysctls: {
      // 53, 80 and 443 for a user without power.
      'net.ipv4.ip_unprivileged_port_start': '0',
      // Containers inherit the host's 1: with a leg on each side it would be a router, for whoever can address a packet to it.
      'net.ipv4.ip_forward': '0',
    },
    memoryMb: 512,
    pidsLimit: 256,
    restart: 'unless-stopped',
    stopGraceSeconds: 2,
  };
}

function fits(found: ContainerInfo, spec: ContainerSpec, place: GatewayPlace): boolean {
  const isAlive = found.status === 'created' || found.status === 'running' || found.status === 'exited' || found.status === 'restarting';
  return isAlive && found.spec === spec.spec && place.private.name in found.networks && place.egress.name in found.networks;
}

async function waitUntilReady(engine: Engine, id: string, signal?: AbortSignal): Promise<void> {
  const until = performance.now() + READY_TIMEOUT;
  for (;;) {
    signal?.throwIfAborted();
    try {
      if (await isReady(engine, id)) return;
    } catch (cause) {
      if (performance.now() > until)
        throw new AppError('network/gateway-silent', 'The gateway does not answer. Its log says why; start the workspace again.', {
          details: { log: await readTail(engine, id) },
          cause,
        });
    }
    await wait(50);
  }
}

async function readTail(engine: Engine, id: string): Promise<string> {
  const { stdout, stderr } = await engine.logs(id, { tail: 20 });
  const texts = await Promise.all([stdout, stderr].map(async (stream) => Buffer.concat(await stream.toArray()).toString()));
  return texts.join('').slice(-2000);
}
