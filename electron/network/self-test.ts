import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { Attempt } from '../../shared/model/selftest.ts';
import type { Engine } from '../engine/types.ts';
import { type Canary, openCanary } from './canary.ts';
import { type Probe, probeScript } from './probe-script.ts';

/** Nobody listens there (discard, RFC 863, long out of use): a host that is reached says so by refusing. */
const DISCARD = 9;
const DNS = 53;
/** Documentation addresses (RFC 5737, RFC 3849): "somewhere in the internet". */
const outside = ['198.51.100.7', '203.0.113.7'];
const outside6 = '2001:db8::7';
/** More addresses than this say nothing new. */
const HOSTS_TRIED = 12;
const SCRIPT_TIMEOUT = 40_000;
/**
 * For how long an address may stay silent before it counts as out of reach, in milliseconds. What can be reached over a bridge
 * of this machine answers in less than one. The short patience is believed only when every control answered in a quarter of it;
 * on a machine too busy for that, or where no control answered, all is tried again with the long one.
 */
const PATIENCE = { short: 500, long: 2_000 };

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
  readonly hostAddresses: readonly string[];
  /** What the gateway's probe must answer: only its runtime state holds it. */
  readonly nonce: string;
  readonly signal?: AbortSignal;
};

type Planned = {
  readonly probe: Probe;
  readonly label: string;
  readonly expected: Attempt['expected'];
  readonly judge: (seen: Seen, controls: Controls) => Pick<Attempt, 'result' | 'detail' | 'leak'>;
};
type Seen = { readonly outcome: 'reached' | 'unreachable' | 'denied' | 'silent' | 'answer' | 'failed'; readonly detail: string };
/** What the gateway's side saw: `address:port` → connected (and what was said), refused or silent, after how many milliseconds. */
type Controls = ReadonlyMap<string, { readonly saw: string; readonly tookMs: number }>;

const resultsSchema = z.array(
  z.object({ id: z.string(), outcome: z.enum(['reached', 'unreachable', 'denied', 'silent', 'answer', 'failed']), detail: z.string() }),
);

/**
 * Real connections from inside the agent container, all at once, and beside them the same from the gateway's outer side:
 * a host that is silent to everyone proves nothing and is reported as skipped. Refused is reached, and fails.
 */
export async function runSelfTest(site: SelfTestSite): Promise<readonly Attempt[]> {
  const canary = await openCanary(site.egressHost);
  try {
    const plan = planAttempts(site, canary);
    const [quick, controls] = await Promise.all([tryFromAgent(site, plan, PATIENCE.short), tryFromGateway(site, canary)]);
    const seen = isShortEnough(controls) ? quick : await tryFromAgent(site, plan, PATIENCE.long);
    const attempts = plan.map(({ probe, label, expected, judge }): Attempt => {
      const one = seen.get(probe.id) ?? { outcome: 'failed', detail: 'The attempt gave no result.' };
      return { id: probe.id, label, expected, ...judge(one, controls) };
    });
    return canary === null ? attempts : [...attempts, judgeCanary(canary, controls, await gatewayAddresses(site))];
  } finally {
    canary?.close();
  }
}

function isShortEnough(controls: Controls): boolean {
  const answered = [...controls.values()].filter(({ saw }) => saw !== 'silent');
  return answered.length > 0 && answered.every(({ tookMs }) => tookMs * 4 <= PATIENCE.short);
}

function planAttempts(site: SelfTestSite, canary: Canary | null): readonly Planned[] {
  const hosts = hostAddresses(site);
  return [
    ...hosts.flatMap((address) => planHost(address)),
    planBlocked({ id: 'bridge', kind: 'tcp', address: site.bridgeAddress, port: DISCARD }, `TCP to the bridge's address ${site.bridgeAddress}`),
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
function judgeCanary(canary: Canary, controls: Controls, expected: readonly string[]): Attempt {
  const strangers = canary.visitors().filter((address) => !expected.includes(address.replace('::ffff:', '')));
  const isControlled = controls.get(`${canary.address}:${canary.port}`)?.saw === `connected ${canary.nonce}`;
  const common = { id: 'canary-heard', label: 'The listener on the host heard nobody but the control', expected: 'blocked' } as const;
  if (strangers.length > 0) return { ...common, result: 'failed', detail: `It heard ${strangers.join(', ')}.`, leak: true };
  if (!isControlled) return { ...common, result: 'skipped', detail: 'The control could not reach it either: a firewall of the host may stand before it.' };
  return { ...common, result: 'passed', detail: 'It heard the control, and nobody else.' };
}

async function tryFromAgent(site: SelfTestSite, plan: readonly Planned[], patienceMs: number): Promise<ReadonlyMap<string, Seen>> {
  // By its whole path: the agent's own programs come first in its PATH.
  const argv = ['/usr/bin/python3', '-I', '-c', probeScript, JSON.stringify(plan.map(({ probe }) => probe)), String(patienceMs / 1000)];
  const { exitCode, stdout, stderr } = await site.engine.exec(site.agent, argv, { timeoutMs: SCRIPT_TIMEOUT, ...(site.signal && { signal: site.signal }) });
  if (exitCode !== 0)
    throw new AppError('network/test-impossible', 'The self-test could not run in the agent container: it needs python3 there.', {
      details: { exitCode, stderr: stderr.slice(-500) },
    });
  return new Map(readResults(stdout).map((one) => [one.id, one]));
}

/** A container that was tampered with says anything. */
function readResults(stdout: string): z.infer<typeof resultsSchema> {
  try {
    return resultsSchema.parse(JSON.parse(stdout));
  } catch (cause) {
    throw new AppError('network/test-impossible', 'The self-test gave no readable answer: the programs of the agent container are not what they were.', {
      details: { stdout: stdout.slice(0, 500) },
      cause,
    });
  }
}

async function tryFromGateway(site: SelfTestSite, canary: Canary | null): Promise<Controls> {
  const targets = hostAddresses(site)
    .filter((address) => isIPv4(address))
    .map((address) => `${address}:${DISCARD}`);
  if (canary !== null) targets.push(`${canary.address}:${canary.port}`);
  const { stdout } = await site.engine.exec(site.gateway, ['forge-probe', ...targets], { timeoutMs: SCRIPT_TIMEOUT });
  const lines = stdout.matchAll(/^(\S+) (\d+) (.*)$/gm);
  return new Map([...lines].map(([, target, microseconds, saw]) => [target!, { saw: saw!.trim(), tookMs: Number(microseconds) / 1000 }]));
}

/** Loopback inside is the container's own; IPv6 is off as a whole. */
function hostAddresses({ egressHost, hostAddresses }: SelfTestSite): readonly string[] {
  const own = hostAddresses.filter((address) => isIPv4(address) && !address.startsWith('127.'));
  return [...new Set([egressHost, ...own])].slice(0, HOSTS_TRIED);
}

async function gatewayAddresses(site: SelfTestSite): Promise<readonly string[]> {
  const info = await site.engine.inspectContainer(site.gateway);
  return Object.values(info?.networks ?? {});
}
