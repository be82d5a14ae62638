import { randomBytes } from 'node:crypto';
import type { Engine } from '../engine/types.ts';
import { configurationFiles, refusedRanges } from './configuration.ts';
import { desiredMaps, Enforcement, type EnforcementParts } from './enforcement.ts';
import { ensureGateway } from './gateway.ts';
import type { Networks } from './networks.ts';
import { readRuntime, syncRefused } from './runtime.ts';
import { parseRange, toAddress } from './subnets.ts';

export type GatewayParts = EnforcementParts & {
  readonly engine: Engine;
  readonly networks: Networks;
  readonly gatewayImage: (onProgress: (line: string) => void, signal?: AbortSignal) => Promise<string>;
  readonly hostAddresses: () => readonly string[];
};

/** A gateway that runs, and the places around it. Addresses are IPv4. */
export type Gateway = {
  /** Name of the private network. */
  readonly network: string;
  /** Id of the container. */
  readonly gateway: string;
  readonly gatewayAddress: string;
  readonly agentAddress: string;
  readonly bridgeAddress: string;
  readonly witnessAddress: string;
  readonly egressHost: string;
  /** Proves in the self-test that its own gateway answers. */
  readonly nonce: string;
  /** PEM. */
  readonly caCertificate: string;
  readonly enforcement: Enforcement;
};

/**
 * Makes what is missing of a workspace's wall, and finds the rest. `settle` brings the gateway to the rules of the database: a new one
 * was made with them, one that ran on may hold others.
 */
export async function raiseGateway(
  parts: GatewayParts,
  { projectId, workspaceId }: { readonly projectId: string; readonly workspaceId: string },
  onDetail: (line: string) => void,
  signal?: AbortSignal,
): Promise<{ readonly gateway: Gateway; readonly settle: () => Promise<void> }> {
  const { engine, networks, hostAddresses } = parts;
  const image = await parts.gatewayImage(onDetail, signal);
  const egress = await networks.holdEgress(workspaceId);
  signal?.throwIfAborted();
  const site = await networks.ensurePrivate(projectId, workspaceId);
  signal?.throwIfAborted();
  onDetail(`Private network ${site.network.subnets[0]}`);
  const refused = refusedRanges(hostAddresses(), site.network.subnets);
  const nonce = randomBytes(12).toString('hex');
  const place = { projectId, workspaceId, image, egress: pick(egress.network), private: pick(site.network) };
  const files = configurationFiles(desiredMaps(parts, workspaceId, nonce), refused);
  const gateway = await ensureGateway(engine, { ...place, address: site.gateway }, files, onDetail, signal);
  const [authority, running] = await Promise.all([engine.readFile(gateway, '/cfg/ca.crt', 65_536), readRuntime(engine, gateway)]);
  const span = parseRange(site.network.subnets[0]!)!;
  const enforcement = new Enforcement(parts, { workspaceId, gateway, refused, nonce });
  return {
    gateway: {
      network: site.network.name,
      gateway,
      gatewayAddress: site.gateway,
      agentAddress: site.agent,
      bridgeAddress: toAddress(span.first + 1),
      // The last one: the engine gives those it chooses from the other end.
      witnessAddress: toAddress(span.last - 1),
      egressHost: egress.host,
      nonce,
      caCertificate: Buffer.from(authority).toString(),
      enforcement,
    },
    async settle() {
      await syncRefused(engine, gateway, running.ranges, refused);
      await enforcement.synchronise(running.maps);
    },
  };
}

function pick({ id, name }: { readonly id: string; readonly name: string }): { readonly id: string; readonly name: string } {
  return { id, name };
}
