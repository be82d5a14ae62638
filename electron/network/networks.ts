import { createHash } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import { egressNetworkName, privateNetworkName } from '../engine/names.ts';
import type { NetworkInfo, NetworkSpec } from '../engine/objects.ts';
import type { Engine } from '../engine/types.ts';
import { freeSubnets, hostRoutes, parseRange, splitRange, toAddress } from './subnets.ts';

/** 16 addresses: network, the engine's, gateway, agent, broadcast, and room for sidecars. */
const PRIVATE_BITS = 28;
/**
 * 253 gateways that run at once: a machine has no memory for more. The usual range, a /16, holds the egress networks and
 * private networks of more than a hundred installations on one engine; tests and data folders are installations too.
 */
const EGRESS_BITS = 24;
const TRIES = 20;

export type Networks = {
  /** The private network of a workspace, made or found; its addresses are fixed by its subnet. */
  readonly ensurePrivate: (
    projectId: string,
    workspaceId: string,
  ) => Promise<{ readonly network: NetworkInfo; readonly gateway: string; readonly agent: string }>;
  /** The egress network, made or found, for a workspace that is about to use it: it stays until that one has released it. */
  readonly holdEgress: (workspaceId: string) => Promise<{ readonly network: NetworkInfo; /** The host's own address on it. */ readonly host: string }>;
  /** The workspace's gateway is gone. With the last workspace of the installation the egress network goes. */
  readonly releaseEgress: (workspaceId: string) => Promise<void>;
};

export type NetworksOptions = { readonly engine: Engine; readonly subnetRange: () => string; readonly hostAddresses: () => readonly string[] };

export function createNetworks(options: NetworksOptions): Networks {
  const { engine } = options;
  const egressName = egressNetworkName(engine.installation);
  /** Workspaces of this process that may be about to make their gateway: no look at the engine shows those. */
  const holders = new Set<string>();
  /** One after the other: two choices at once would be of the same subnet, and a network that is being removed is not to be found. */
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  }
  return {
    ensurePrivate: (projectId, workspaceId) =>
      inTurn(async () => {
        const name = privateNetworkName(projectId, workspaceId);
        const spec = { projectId, workspaceId, name, internal: true, options: privateOptions(engine) };
        const network = await ensure(options, spec, PRIVATE_BITS, { workspaceId });
        return { network, gateway: addressIn(network, 2), agent: addressIn(network, 3) };
      }),
    holdEgress: (workspaceId) =>
      inTurn(async () => {
        holders.add(workspaceId);
        const network = await ensure(options, { name: egressName, internal: false, options: {} }, EGRESS_BITS, {});
        return { network, host: addressIn(network, 1) };
      }),
    releaseEgress: (workspaceId) =>
      inTurn(async () => {
        holders.delete(workspaceId);
        if (holders.size === 0 && !(await isEgressUsed(engine, egressName))) await engine.removeNetwork(egressName);
      }),
  };
}

/** By gateways of workspaces that this process has not touched yet, stopped ones too, or by anything else that runs on it. */
async function isEgressUsed(engine: Engine, name: string): Promise<boolean> {
  if ((await engine.listContainers({ role: 'gateway' })).length > 0) return true;
  const network = (await engine.listNetworks()).find((one) => one.name === name);
  return network !== undefined && network.containers.length > 0;
}

/**
 * `inhibit_ipv4` leaves the bridge without an address, so that nothing of the host can be reached over it.
 * Engines with gateway modes (`isolated` came with Docker 28, API 1.48) have a name of their own for it; they get both.
 */
function privateOptions(engine: Engine): Readonly<Record<string, string>> {
  const inhibit = { 'com.docker.network.bridge.inhibit_ipv4': 'true' };
  const state = engine.state();
  const minor = state.kind === 'connected' ? Number(state.apiVersion.split('.')[1]) : 0;
  return minor >= 48 ? { ...inhibit, 'com.docker.network.bridge.gateway_mode_ipv4': 'isolated' } : inhibit;
}

async function ensure(
  { engine, subnetRange, hostAddresses }: NetworksOptions,
  spec: NetworkSpec,
  bits: number,
  filter: { readonly workspaceId?: string },
): Promise<NetworkInfo> {
  const existing = (await engine.listNetworks(filter)).find((network) => network.name === spec.name);
  const subnet = existing?.subnets[0];
  if (subnet !== undefined) return engine.ensureNetwork({ ...spec, subnet });
  const taken = [...(await engine.usedSubnets()), ...(await hostRoutes()), ...hostAddresses()];
  const seed = createHash('sha256').update(spec.name).digest().readUInt32BE();
  let tries = 0;
  const half = splitRange(subnetRange())[spec.internal ? 'private' : 'egress'];
  for (const candidate of freeSubnets(half, bits, taken, seed)) {
    try {
      return await engine.ensureNetwork({ ...spec, subnet: candidate });
    } catch (error) {
      // Another installation was quicker.
      if (!(error instanceof AppError && error.code === 'engine/subnet-taken') || ++tries >= TRIES) throw error;
    }
  }
  throw new AppError('network/range-full', `No subnet is free in ${half}. Set a larger range, or remove workspaces.`);
}

function addressIn(network: NetworkInfo, offset: number): string {
  const span = parseRange(network.subnets[0] ?? '');
  if (span === null) throw new AppError('network/no-subnet', `The network ${network.name} has no IPv4 subnet. Remove it and start the workspace again.`);
  return toAddress(span.first + offset);
}
