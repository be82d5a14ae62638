import type { Agent } from 'node:http';
import Docker from 'dockerode';
import { AppError } from '../../shared/errors.ts';
import type { EngineProbe } from '../../shared/model/engines.ts';
import { createDialer } from './dialer.ts';
import type { Endpoint } from './endpoint.ts';
import { toEngineError } from './errors.ts';
import { isStraightPath } from './image-reference.ts';
import { withinLimits } from './limits.ts';
import { type EngineVersion, negotiateVersion } from './version.ts';

type Signalled = { readonly abortSignal: AbortSignal };
/** dockerode, with the signals that it takes but its types do not tell of. */
export type Client = Docker & {
  readonly version: (options: Signalled) => Promise<unknown>;
  readonly info: (options: Signalled) => Promise<unknown>;
  readonly ping: (options: Signalled) => Promise<unknown>;
};

/** Runs one request of the handshake within its time limit. `what` completes "Could not …". */
type Bounded = <T>(what: string, send: (signal: AbortSignal) => Promise<T>) => Promise<T>;

export type Handshake = {
  readonly docker: Client;
  readonly facts: EngineVersion & { readonly rootless: boolean };
  /** The engine's own clock, as it writes it. */
  readonly engineTime: string;
};

const probeTimeoutMs = 30_000;

/** Version and facts of the engine behind an agent, and a client that speaks the version both sides know. */
export async function shakeHands(agent: Agent, bounded: Bounded): Promise<Handshake> {
  const version = negotiateVersion(await bounded('read its version', (abortSignal) => createClient(agent).version({ abortSignal })));
  const docker = createClient(agent, version.apiVersion);
  const info = (await bounded('read its facts', (abortSignal) => docker.info({ abortSignal }))) as {
    readonly SecurityOptions?: readonly string[];
    readonly SystemTime?: string;
  };
  const rootless = (info.SecurityOptions ?? []).some((option) => option.includes('name=rootless'));
  return { docker, facts: { ...version, rootless }, engineTime: info.SystemTime ?? '' };
}

/** One try to reach an engine; never throws for what is wrong with it. @throws the signal's reason */
export async function probeEngine(endpoint: Endpoint, signal: AbortSignal): Promise<EngineProbe> {
  const { address } = endpoint;
  if (endpoint.kind === 'invalid') return { kind: 'fails', address, reason: endpoint.reason };
  const dialer = createDialer(endpoint);
  const bounded: Bounded = (what, send) => withinLimits(send, { what, timeoutMs: probeTimeoutMs, enders: [signal] });
  try {
    await bounded('open the way to it', (ender) => dialer.ready(ender));
    const { facts } = await shakeHands(dialer.agent, bounded);
    return { kind: 'answers', address, ...facts };
  } catch (error) {
    const known = await dialer.giveUp();
    signal.throwIfAborted();
    return { kind: 'fails', address, reason: (known ?? toEngineError(error, 'connect', address)).message };
  } finally {
    dialer.close();
  }
}

function createClient(agent: Agent, apiVersion?: string): Client {
  // All that docker-modem would take from DOCKER_HOST and its kin is named: the way is the agent's alone, and it ignores this path.
  const nothing = { host: undefined, port: undefined, timeout: undefined, ca: undefined, cert: undefined, key: undefined };
  const options = { ...nothing, socketPath: '/engine', agent, protocol: 'http', version: apiVersion && `v${apiVersion}` } as const;
  const docker = new Docker(options);
  const modem = docker.modem as Modem;
  const dial = modem.dial.bind(modem);
  modem.dial = (request, callback) => {
    if (isStraightPath(request.path)) dial(request, callback);
    else callback(new AppError('engine/bad-path', 'A name that cannot be one was not sent to the engine.', { details: { path: request.path } }));
  };
  return docker;
}

/** What every request of dockerode goes through (https://github.com/apocas/docker-modem). */
type Modem = { dial: (request: { readonly path: string }, callback: (error: unknown, data?: unknown) => void) => void };
