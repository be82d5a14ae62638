import { isIPv4 } from 'node:net';
import type { Attempt } from '../../shared/model/selftest.ts';
import type { ForeignNetwork } from '../engine/objects.ts';
import type { Engine } from '../engine/types.ts';
import type { Canary } from './canary.ts';
import type { Probe } from './probe-script.ts';

/** Nobody listens there (discard, RFC 863, long out of use): a host that is reached says so by refusing. */
export const DISCARD = 9;
const DNS = 53;
/** Documentation addresses (RFC 5737, RFC 3849): "somewhere in the internet". */
const outside = ['198.51.100.7', '203.0.113.7'];
const outside6 = '2001:db8::7';
/** Each has five attempts, all at once. No host has been seen with as many; an engine with as many networks has. */
const HOSTS_TRIED = 64;

export const probeHost = 'probe.forgehold.internal';
export const deniedHost = 'denied.forgehold.internal';
const sentence = 'Blocked by Forgehold';

export type SelfTestSite = {
  readonly engine: Engine;
  readonly agent: string;
  readonly gateway: string;
  readonly gatewayAddress: string;
  /** The host's address on the egress network. */
  readonly egressHost: string;
  /** The address the engine keeps for the bridge of the private network. */
  readonly bridgeAddress: string;
  /** Networks of the user's that the container is on as well. */
  readonly extraNetworks: readonly ForeignNetwork[];
  readonly hostAddresses: readonly string[];
  /** Whether the engine's host is this machine. On another one the same address may be somebody else's: a listener here would prove nothing. */
  readonly local: boolean;
  /** What the gateway's probe must answer: only its runtime state holds it. */
  readonly nonce: string;
  /** A container of our own on the same network, of which the agent has nothing; absent where there is none. */
  readonly witness?: string;
  readonly signal?: AbortSignal;
};

export type Planned = {
  readonly probe: Probe;
  readonly label: string;
  readonly expected: Attempt['expected'];
  readonly judge: (seen: Seen, controls: Controls) => Pick<Attempt, 'result' | 'detail' | 'leak'>;
};
export type Seen = { readonly outcome: 'reached' | 'unreachable' | 'denied' | 'silent' | 'answer' | 'failed'; readonly detail: string };
/** What the gateway's side saw: `address:port` → connected (and what was said), refused or silent, after how many milliseconds. */
export type Controls = ReadonlyMap<string, { readonly saw: string; readonly tookMs: number }>;

export function planAttempts(site: SelfTestSite, canary: Canary | null): readonly Planned[] {
  const hosts = hostAddresses(site);
  return [
    ...hosts.flatMap((address) => planHost(address)),
    planBlocked({ id: 'bridge', kind: 'tcp', address: site.bridgeAddress, port: DISCARD }, `TCP to the bridge's address ${site.bridgeAddress}`),
    ...site.extraNetworks.flatMap(({ name, bridgeAddress: address }): readonly Planned[] =>
      address === undefined
        ? []
        : [
            planBlocked({ id: `network-tcp-${name}`, kind: 'tcp', address, port: DISCARD }, `TCP to the host over the network ${name} at ${address}`),
            planBlocked({ id: `network-icmp-${name}`, kind: 'icmp', address }, `Ping to the host over the network ${name} at ${address}`),
          ],
    ),
    ...(canary === null
      ? []
      : [planBlocked({ id: 'canary', kind: 'tcp', address: canary.address, port: canary.port }, 'TCP to a listener of the app on the host')]),
    ...outside.map((address) => planBlocked({ id: `direct-${address}`, kind: 'tcp', address, port: 443 }, `TCP straight to ${address}:443`)),
    planBlocked({ id: 'dns-elsewhere', kind: 'dns', address: outside[0]!, port: DNS }, `DNS to another server at ${outside[0]}`),
    planBlocked({ id: 'ipv6', kind: 'tcp', address: outside6, port: 443 }, `TCP over IPv6 to ${outside6}`),
    planBlocked({ id: 'icmp-outside', kind: 'icmp', address: outside[1]! }, `Ping to ${outside[1]}`),
    planBlocked({ id: 'broadcast', kind: 'broadcast', address: '255.255.255.255' }, 'UDP broadcast'),
    planBlocked({ id: 'raw', kind: 'raw' }, 'Raw socket'),
    planAnswer({ id: 'denied-http', kind: 'http', host: deniedHost }, 'blocked', `A name that is not allowed, over HTTP`, (text) => text.includes(sentence)),
    planAnswer({ id: 'denied-tls', kind: 'https', host: deniedHost }, 'blocked', `A name that is not allowed, over TLS`, (text) => text.includes(sentence)),
    planAnswer(
      { id: 'dns', kind: 'resolve', host: deniedHost },
      'allowed',
      'Every name resolves to the gateway, and to nothing else',
      (text) => text === site.gatewayAddress,
    ),
    planAnswer({ id: 'allowed-http', kind: 'http', host: probeHost }, 'allowed', 'Through the gateway, over HTTP', (text) => text.includes(site.nonce)),
    planAnswer({ id: 'allowed-tls', kind: 'https', host: probeHost }, 'allowed', 'Through the gateway, over TLS', (text) => text.includes(site.nonce)),
  ];
}

function planHost(address: string): readonly Planned[] {
  const control = `${address}:${DISCARD}`;
  const plan = (kind: 'tcp' | 'udp' | 'dns', port: number, what: string): Planned =>
    planBlocked({ id: `host-${kind}-${address}`, kind, address, port }, `${what} to the host at ${address}`, control);
  return [
    plan('tcp', DISCARD, 'TCP'),
    plan('udp', DISCARD, 'UDP'),
    plan('dns', DNS, 'DNS'),
    planBlocked({ id: `host-icmp-${address}`, kind: 'icmp', address }, `Ping to the host at ${address}`, control),
  ];
}

/** `control`: where the gateway's side must find somebody, or the silence means nothing. */
function planBlocked(probe: Probe, label: string, control?: string): Planned {
  return {
    probe,
    label,
    expected: 'blocked',
    judge({ outcome, detail }, controls) {
      if (outcome === 'reached' || outcome === 'answer') return { result: 'failed', detail, leak: true };
      if (outcome === 'failed') return { result: 'failed', detail };
      if (control !== undefined && !/^(connected|refused)/.test(controls.get(control)?.saw ?? ''))
        return { result: 'skipped', detail: `${detail}; but nobody answers there from outside the wall either, so this proves nothing` };
      return { result: 'passed', detail };
    },
  };
}

function planAnswer(probe: Probe, expected: Attempt['expected'], label: string, fits: (text: string) => boolean): Planned {
  return {
    probe,
    label,
    expected,
    judge({ outcome, detail }) {
      if (outcome === 'answer' && fits(detail)) return { result: 'passed', detail };
      return { result: 'failed', detail, ...(outcome === 'answer' && expected === 'blocked' && { leak: true }) };
    },
  };
}

/** The listener itself must have heard the gateway's side, and nobody else. What the container says of itself is not asked. */
export function judgeCanary(canary: Canary, controls: Controls, expected: readonly string[]): Attempt {
  const strangers = canary.visitors().filter((address) => !expected.includes(address.replace('::ffff:', '')));
  const isControlled = controls.get(`${canary.address}:${canary.port}`)?.saw === `connected ${canary.nonce}`;
  const common = { id: 'canary-heard', label: 'The listener on the host heard nobody but the control', expected: 'blocked' } as const;
  if (strangers.length > 0) return { ...common, result: 'failed', detail: `It heard ${strangers.join(', ')}.`, leak: true };
  if (!isControlled) return { ...common, result: 'skipped', detail: 'The control could not reach it either: a firewall of the host may stand before it.' };
  return { ...common, result: 'passed', detail: 'It heard the control, and nobody else.' };
}

/** Networks are what the engine says of them; one that someone joined the container to behind our back is a way out. */
export function judgeNetwork({ name, unfit }: ForeignNetwork): Attempt {
  const common = { id: `network-${name}`, label: `The network ${name} has no way out, nor to the host`, expected: 'blocked' } as const;
  return unfit === null
    ? { ...common, result: 'passed', detail: 'It is internal, and its bridge has no address.' }
    : { ...common, result: 'failed', detail: unfit, leak: true };
}

/** Loopback inside is the container's own; IPv6 is off as a whole. */
export function hostAddresses({ egressHost, hostAddresses }: SelfTestSite): readonly string[] {
  const own = hostAddresses.filter((address) => isIPv4(address) && !address.startsWith('127.'));
  return [...new Set([egressHost, ...own])].slice(0, HOSTS_TRIED);
}

/**
 * Without a control, silence proves nothing: at least one attempt on this computer must have had one. The attempts through the gateway are
 * their own controls, and one that is unreachable was told so by the kernel.
 */
export function findGap(attempts: readonly Attempt[]): string | null {
  const isControlled = attempts.some(({ id, result }) => (id.startsWith('host-') || id === 'canary-heard') && result !== 'skipped');
  if (isControlled) return null;
  return 'Nothing on this computer answers containers, not even those outside of the wall, so that nobody could try whether the agent reaches it. A firewall may stand before it.';
}
