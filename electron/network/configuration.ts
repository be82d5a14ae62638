import { BlockList, isIPv4 } from 'node:net';
import ranges from '../../resources/network/refused-ranges.json' with { type: 'json' };
import type { Rule } from '../../shared/model/domain.ts';
import type { NetworkMode } from '../../shared/model/workspace-parts.ts';
import { forwardedNames, renderHosts } from './forwarding.ts';
import { type Maps, mapNames, renderMap } from './maps.ts';
import { concerns, webPorts } from './rule.ts';

/** Addresses that a name may not have: some unless its rule says private, some never. As CIDR. */
export type Refused = { readonly unlessPrivate: readonly string[]; readonly never: readonly string[] };

/** `host`: the host's own addresses; `own`: the workspace's private network, where only the gateway is. */
export function refusedRanges(host: readonly string[], own: readonly string[]): Refused {
  return {
    unlessPrivate: [...ranges.refused.map(({ range }) => range), ...host.filter((address) => isIPv4(address)).map((address) => `${address}/32`)],
    never: [...ranges.never.map(({ range }) => range), ...own],
  };
}

/** The files of the configuration volume that the app writes. */
export function configurationFiles(maps: Maps, refused: Refused): Readonly<Record<string, string>> {
  return { ...mapFiles(maps), ...refusedFiles(refused) };
}

export function refusedFiles(refused: Refused): Readonly<Record<string, string>> {
  return {
    'refused.cidr': refused.unlessPrivate.map((range) => `${range}\n`).join(''),
    'never.cidr': refused.never.map((range) => `${range}\n`).join(''),
  };
}

/** Without those that are as in `before`. */
export function mapFiles(maps: Maps, before?: Maps): Readonly<Record<string, string>> {
  const files = mapNames.map((name) => [name, renderMap(maps[name])] as const);
  const changed = files.filter(([name, content]) => before === undefined || renderMap(before[name]) !== content);
  // What the DNS answers goes with the map that it follows from.
  const hosts = changed.some(([name]) => name === 'tcp.map') ? { 'names.hosts': renderHosts(forwardedNames(maps['tcp.map'])) } : {};
  return { ...Object.fromEntries(changed), ...hosts };
}

/** Whether a connection that was let out would be let out still: what the gateway's configuration says, said again for those that run. */
export function isStillAllowed(
  rules: readonly Rule[],
  mode: NetworkMode,
  refused: Refused,
  { host, port, address }: { readonly host: string; readonly port: number; readonly address: string },
): boolean {
  if (mode === 'none') return false;
  // A rule for some requests lets a connection live on: each request on it is judged by itself.
  const own = rules.filter((rule) => concerns(rule, host, port));
  if (own.some(({ verdict }) => verdict === 'deny')) return false;
  if (own.length === 0 && (mode === 'restricted' || !webPorts.includes(port))) return false;
  return own.some((rule) => rule.allowPrivate) || !isIn(refused.unlessPrivate, address);
}

function isIn(ranges: readonly string[], address: string): boolean {
  if (!isIPv4(address)) return false;
  const list = new BlockList();
  for (const range of ranges) {
    const [network, bits] = range.split('/');
    list.addSubnet(network!, Number(bits ?? 32), 'ipv4');
  }
  return list.check(address, 'ipv4');
}
