import type { NetworkInspectInfo } from 'dockerode';
import { AppError } from '../../shared/errors.ts';
import type { Connection } from './connection.ts';
import { toEndpoint } from './container-body.ts';
import type { Client } from './handshake.ts';
import { isReference, type Jail } from './jail.ts';
import type { ForeignNetwork } from './objects.ts';
import type { Engine } from './types.ts';

const inhibit = 'com.docker.network.bridge.inhibit_ipv4';
const gatewayMode = 'com.docker.network.bridge.gateway_mode_ipv4';

/** Networks of the user's, looked at, and joined by containers of ours: the jail's one door, and a narrow one (`docs/network.md`). */
export function createForeignNetworks(connection: Connection, jail: Jail): Pick<Engine, 'foreignNetwork' | 'joinForeignNetwork'> {
  async function look(name: string): Promise<ForeignNetwork | null> {
    if (!isReference(name)) return null;
    const filters = { name: [name] };
    const found = await connection.request(`look for network ${name}`, (docker, abortSignal) => docker.listNetworks({ filters, abortSignal }));
    const named = found.filter((network) => network.Name === name);
    if (named.length > 1)
      throw new AppError('engine/network-ambiguous', `The engine has ${named.length} networks named ${name}. Remove all but one.`, {
        details: { network: name },
      });
    const id = named[0]?.Id;
    if (id === undefined) return null;
    const network = await connection.request(`look at network ${name}`, (docker, abortSignal) => inspect(docker, id, abortSignal));
    const address = network.IPAM?.Config?.map((config) => config.Gateway ?? '')
      .find((one) => one.includes('.'))
      ?.split('/')[0];
    return { id, name, ...(address !== undefined && { bridgeAddress: address }), unfit: explainUnfit(network, jail.isManaged(network.Labels)) };
  }
  return {
    foreignNetwork: look,
    async joinForeignNetwork(name, containerId, aliases) {
      const own = await jail.requireContainer(containerId);
      const network = await look(name);
      if (network === null)
        throw new AppError('engine/no-network', `The network ${name} is gone. Make it again, or take it from the workspace.`, { details: { network: name } });
      if (network.unfit !== null) throw new AppError('engine/network-unfit', network.unfit, { details: { network: name } });
      const body = { Container: own, EndpointConfig: toEndpoint({ aliases }) };
      await connection.request(`connect a container to ${name}`, (docker, abortSignal) =>
        docker.getNetwork(network.id).connect({ ...body, abortSignal } as typeof body),
      );
    },
  };
}

/** dockerode takes the signal, which its types lack here. */
function inspect(docker: Client, id: string, abortSignal: AbortSignal): Promise<NetworkInspectInfo> {
  const network: { readonly inspect: (options: object) => Promise<NetworkInspectInfo> } = docker.getNetwork(id);
  return network.inspect({ abortSignal });
}

/**
 * Measured: an internal bridge network alone lets its containers reach every port of the host, since the bridge has an address. Without
 * that address there is no route. Engines with gateway modes have a second word for it.
 */
function explainUnfit(network: NetworkInspectInfo & { readonly EnableIPv6?: boolean }, isManaged: boolean): string | null {
  const { Name: name, Options: options } = network;
  const remedy = `Make one that fits: docker network create --internal --opt ${inhibit}=true ${name}-internal`;
  if (isManaged) return `The network ${name} is Forgehold's own: each belongs to one workspace. ${remedy.replace(`${name}-internal`, 'shared-internal')}`;
  if (network.Driver !== 'bridge' || network.Scope !== 'local')
    return `The network ${name} is no bridge network of this engine, so nobody can say where it leads. ${remedy}`;
  if (!network.Internal) return `The network ${name} has a way out that goes around the wall. ${remedy}`;
  if (network.EnableIPv6) return `The network ${name} has IPv6, over which the host could be reached. ${remedy}`;
  if (options?.[inhibit] !== 'true' && options?.[gatewayMode] !== 'isolated')
    return `Over the network ${name} every port of this computer can be reached. ${remedy}`;
  return null;
}
