import type { NetworkInspectInfo } from 'dockerode';
import { AppError } from '../../shared/errors.ts';
import type { Connection } from './connection.ts';
import { toEndpoint } from './container-body.ts';
import { tolerateAbsent } from './errors.ts';
import { belongingOf, type Jail } from './jail.ts';
import type { NetworkInfo, NetworkSpec } from './objects.ts';
import type { Engine } from './types.ts';

type Networks = Pick<Engine, 'ensureNetwork' | 'connectNetwork' | 'removeNetwork' | 'listNetworks' | 'usedSubnets'>;

export function createNetworks(connection: Connection, jail: Jail): Networks {
  /** One after the other: of two requests for one subnet at once the engine refuses one, before it can be found by name. */
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  }

  return {
    ensureNetwork: (spec) => inTurn(() => ensure(connection, jail, spec)),

    async connectNetwork(network, containerId, options) {
      const own = await jail.requireContainer(containerId);
      const found = await jail.network(network);
      if (found === null)
        throw new AppError('engine/no-network', `The network ${network} is gone. Start the workspace again to make it anew.`, { details: { network } });
      const body = { Container: own, EndpointConfig: toEndpoint(options) };
      await connection.request(`connect a container to ${network}`, (docker, abortSignal) =>
        docker.getNetwork(found.Id).connect({ ...body, abortSignal } as typeof body),
      );
    },

    async removeNetwork(name) {
      const found = await jail.network(name);
      if (found !== null) await remove(connection, jail, found);
    },

    async listNetworks(filter) {
      const filters = jail.filter(filter);
      const found = await connection.request('list networks', (docker, abortSignal) => docker.listNetworks({ filters, abortSignal }));
      const infos = await Promise.all(found.map(async (network) => jail.network(network.Id)));
      return infos.filter((network) => network !== null).map(toNetworkInfo);
    },

    async usedSubnets() {
      const found = await connection.request('list networks', (docker, abortSignal) => docker.listNetworks({ abortSignal }));
      return found.flatMap((network) => subnetsOf(network));
    },
  };
}

async function ensure(connection: Connection, jail: Jail, spec: NetworkSpec): Promise<NetworkInfo> {
  const existing = await jail.network(spec.name);
  if (existing !== null) {
    const difference = differenceOf(existing, spec);
    if (difference === null) return toNetworkInfo(existing);
    if (Object.keys(existing.Containers ?? {}).length > 0) {
      const message = `The network ${spec.name} exists with another ${difference}, and containers are running on it. Stop the workspace, then start it again.`;
      throw new AppError('engine/network-differs', message, { details: { network: spec.name, difference } });
    }
    await remove(connection, jail, existing);
  }
  await create(connection, jail, spec);
  const made = await jail.network(spec.name);
  if (made === null) throw new AppError('engine/failed', `The network ${spec.name} was made but cannot be found.`, { details: { network: spec.name } });
  return toNetworkInfo(made);
}

async function create(connection: Connection, jail: Jail, spec: NetworkSpec): Promise<void> {
  const config = { ...(spec.subnet !== undefined && { Subnet: spec.subnet }), ...(spec.gateway !== undefined && { Gateway: spec.gateway }) };
  const body = {
    Name: spec.name,
    // Old engines allow two networks of one name unless asked not to.
    CheckDuplicate: true,
    Driver: 'bridge',
    Internal: spec.internal,
    EnableIPv6: false,
    Options: { ...spec.options },
    Labels: jail.labelsFor(spec),
    ...(spec.subnet !== undefined && { IPAM: { Driver: 'default', Config: [config] } }),
  };
  await connection.request(`create network ${spec.name}`, (docker, abortSignal) => docker.createNetwork({ ...body, abortSignal }));
}

/** Its containers leave it first: a network with endpoints, even of stopped containers, cannot be removed. */
async function remove(connection: Connection, jail: Jail, network: NetworkInspectInfo): Promise<void> {
  for (const containerId of Object.keys(network.Containers ?? {})) {
    // What is no container (`ep-…`, left by a crash of the engine) is nobody's, and the engine clears it by itself.
    const own = await jail.container(containerId);
    if (own === null) continue;
    const body = { Container: own, Force: true };
    await tolerateAbsent(
      connection.request('disconnect a container', (docker, abortSignal) => docker.getNetwork(network.Id).disconnect({ ...body, abortSignal })),
    );
  }
  await tolerateAbsent(connection.request(`remove network ${network.Name}`, (docker, abortSignal) => docker.getNetwork(network.Id).remove({ abortSignal })));
  jail.forget(network.Id);
}

/** What makes an existing network unfit, in one word for the user; null when it is as asked. */
function differenceOf(found: NetworkInspectInfo, spec: NetworkSpec): string | null {
  if (found.Internal !== spec.internal) return 'reach';
  if (spec.subnet !== undefined && !subnetsOf(found).includes(spec.subnet)) return 'subnet';
  if (spec.gateway !== undefined && found.IPAM?.Config?.[0]?.Gateway !== spec.gateway) return 'gateway';
  const options = found.Options ?? {};
  if (Object.entries(spec.options).some(([name, value]) => options[name] !== value)) return 'set of options';
  return spec.spec !== undefined && belongingOf(found.Labels).spec !== spec.spec ? 'specification' : null;
}

function subnetsOf(network: { readonly IPAM?: NetworkInspectInfo['IPAM'] }): readonly string[] {
  return (network.IPAM?.Config ?? []).flatMap((config) => (config.Subnet === undefined ? [] : [config.Subnet]));
}

function toNetworkInfo(found: NetworkInspectInfo): NetworkInfo {
  return { ...belongingOf(found.Labels), id: found.Id, name: found.Name, subnets: subnetsOf(found), containers: Object.keys(found.Containers ?? {}) };
}
