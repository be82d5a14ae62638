import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { Attempt } from '../../shared/model/selftest.ts';
import type { ForeignNetwork } from '../engine/objects.ts';
import type { Engine } from '../engine/types.ts';
import {
  type Controls,
  DISCARD,
  findGap,
  hostAddresses,
  judgeCanary,
  judgeNetwork,
  planAttempts,
  type Planned,
  type Seen,
  type SelfTestSite,
} from './attempts.ts';
import { type Canary, openCanary } from './canary.ts';
import { probeScript } from './probe-script.ts';

const SCRIPT_TIMEOUT = 40_000;
/**
 * For how long an address may stay silent before it counts as out of reach, in milliseconds. What can be reached over a bridge
 * of this machine answers in less than one. The short patience is believed only when every control answered in a quarter of it;
 * on a machine too busy for that, or where no control answered, all is tried again with the long one.
 */
const PATIENCE = { short: 500, long: 2_000 };

/** Each is three processes of the gateway, which may have 256. */
const CONTROLS_AT_ONCE = 32;

const resultsSchema = z.array(
  z.object({ id: z.string(), outcome: z.enum(['reached', 'unreachable', 'denied', 'silent', 'answer', 'failed']), detail: z.string() }),
);

export type SelfTestResult = {
  readonly attempts: readonly Attempt[];
  /** What could not be tried for want of a control, and why; null when everything that must be was. */
  readonly unproven: string | null;
};

/**
 * Real connections from inside the agent container, all at once, and beside them the same from the gateway's outer side:
 * a host that is silent to everyone proves nothing and is reported as skipped. Refused is reached, and fails. Where there is a witness,
 * it tries the same, and the worse of both counts.
 */
export async function runSelfTest(site: SelfTestSite): Promise<SelfTestResult> {
  const canary = site.local ? await openCanary(site.egressHost) : null;
  try {
    const plan = planAttempts(site, canary);
    const [quick, controls] = await Promise.all([tryFromInside(site, plan, PATIENCE.short), tryFromGateway(site, canary)]);
    const seen = isShortEnough(controls) ? quick : await tryFromInside(site, plan, PATIENCE.long);
    const attempts = plan.map((planned) => judge(planned, seen, controls));
    attempts.push(...site.extraNetworks.map(judgeNetwork));
    if (canary !== null) attempts.push(judgeCanary(canary, controls, await gatewayAddresses(site)));
    return { attempts, unproven: findGap(attempts) };
  } finally {
    canary?.close();
  }
}

type Eyes = 'agent' | 'witness';
type SeenBy = ReadonlyMap<Eyes, ReadonlyMap<string, Seen>>;

/** The certificate of the workspace is in the agent's container alone. */
function isForWitness({ probe }: Planned): boolean {
  return probe.kind !== 'https';
}

async function tryFromInside(site: SelfTestSite, plan: readonly Planned[], patienceMs: number): Promise<SeenBy> {
  const { witness } = site;
  const [agent, other] = await Promise.all([
    tryFrom(site, site.agent, plan, patienceMs),
    witness === undefined ? null : tryFrom(site, witness, plan.filter(isForWitness), patienceMs),
  ]);
  return new Map([['agent', agent], ...(other === null ? [] : [['witness', other] as const])]);
}

/** From best to worst; a leak is worse than all of them. */
const results = ['passed', 'skipped', 'failed'] as const satisfies readonly Attempt['result'][];

function judge(planned: Planned, seenBy: SeenBy, controls: Controls): Attempt {
  const { probe, label, expected } = planned;
  const verdicts = [...seenBy].flatMap(([eyes, seen]) => {
    if (eyes === 'witness' && !isForWitness(planned)) return [];
    const verdict = planned.judge(seen.get(probe.id) ?? { outcome: 'failed', detail: 'The attempt gave no result.' }, controls);
    const told = eyes === 'witness' ? `Beside the agent's container: ${verdict.detail}` : verdict.detail;
    return [{ verdict: { ...verdict, detail: told }, weight: results.indexOf(verdict.result) + (verdict.leak === true ? 1 : 0) }];
  });
  const worst = verdicts.reduce((one, other) => (other.weight > one.weight ? other : one));
  return { id: probe.id, label, expected, ...worst.verdict };
}

function isShortEnough(controls: Controls): boolean {
  const answered = [...controls.values()].filter(({ saw }) => saw !== 'silent');
  return answered.length > 0 && answered.every(({ tookMs }) => tookMs * 4 <= PATIENCE.short);
}

/** One that is gone leads nowhere. */
export async function lookAtNetworks(engine: Pick<Engine, 'foreignNetwork'>, names: readonly string[]): Promise<readonly ForeignNetwork[]> {
  const found = await Promise.all(names.map((name) => engine.foreignNetwork(name)));
  return found.filter((network) => network !== null);
}

/** A workspace's variables may come from a project's file: a library of the project's would answer in the system's stead (ld.so(8)). */
const loaderAsItIs = { LD_PRELOAD: '', LD_AUDIT: '', LD_LIBRARY_PATH: '' };

async function tryFrom(site: SelfTestSite, container: string, plan: readonly Planned[], patienceMs: number): Promise<ReadonlyMap<string, Seen>> {
  // By its whole path: the agent's own programs come first in its PATH.
  const argv = ['/usr/bin/python3', '-I', '-c', probeScript, JSON.stringify(plan.map(({ probe }) => probe)), String(patienceMs / 1000)];
  const { exitCode, stdout, stderr } = await site.engine.exec(container, argv, {
    env: loaderAsItIs,
    timeoutMs: SCRIPT_TIMEOUT,
    ...(site.signal && { signal: site.signal }),
  });
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
  const controls = new Map<string, { readonly saw: string; readonly tookMs: number }>();
  for (let at = 0; at < targets.length; at += CONTROLS_AT_ONCE) {
    const argv = ['forge-probe', ...targets.slice(at, at + CONTROLS_AT_ONCE)];
    const { stdout } = await site.engine.exec(site.gateway, argv, { timeoutMs: SCRIPT_TIMEOUT });
    for (const [, target, microseconds, saw] of stdout.matchAll(/^(\S+) (\d+) (.*)$/gm))
      controls.set(target!, { saw: saw!.trim(), tookMs: Number(microseconds) / 1000 });
  }
  return controls;
}

async function gatewayAddresses(site: SelfTestSite): Promise<readonly string[]> {
  const info = await site.engine.inspectContainer(site.gateway);
  return Object.values(info?.networks ?? {});
}
