import { createHash } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import type { Engine } from '../engine/types.ts';
import type { WallLog } from './types.ts';

/** Where the gateway hears TCP by name (`haproxy.cfg`). */
const rawPort = 7777;
/** In every agent container; `resources/images/agent/forge-forward`. */
const forwarder = '/opt/forgehold/forge-forward';
const listPath = '/etc/forgehold/forward.json';
/** Bytes of a list of a thousand names with sixteen ports. */
const LIST_BYTES = 524_288;
/** What runs in the container may be stopped by whoever is in there: nobody waits for it longer, in milliseconds. */
const RELOAD_TIMEOUT = 3_000;
/** A workspace's variables may come from a project's file: a library of the project's would answer in the system's stead (ld.so(8)). */
const loaderAsItIs = { LD_PRELOAD: '', LD_AUDIT: '', LD_LIBRARY_PATH: '' };

/** A name that TCP other than the web's goes to, and the loopback address by which a container knows it. */
export type ForwardedName = { readonly name: string; readonly address: string; readonly ports: readonly number[] };

/** 127.77.x.y, without the last bytes 0 and 255. */
const ADDRESSES = 256 * 254;

/**
 * The names of `tcp.map` (`name:port` → verdict) that something is allowed to. An address follows from the name; where two names would
 * have the same, the later one gives way.
 */
export function forwardedNames(tcp: ReadonlyMap<string, string>): readonly ForwardedName[] {
  const ports = new Map<string, number[]>();
  for (const [key, verdict] of tcp) {
    if (!verdict.startsWith('allow')) continue;
    const colon = key.lastIndexOf(':');
    const name = key.slice(0, colon);
    ports.set(name, [...(ports.get(name) ?? []), Number(key.slice(colon + 1))]);
  }
  const taken = new Set<number>();
  return [...ports].map(([name, own]) => {
    let number = createHash('sha256').update(name).digest().readUInt32BE() % ADDRESSES;
    while (taken.has(number)) number = (number + 1) % ADDRESSES;
    taken.add(number);
    return { name, address: `127.77.${Math.floor(number / 254)}.${(number % 254) + 1}`, ports: own.toSorted((a, b) => a - b) };
  });
}

/** For the gateway's DNS. */
export function renderHosts(names: readonly ForwardedName[]): string {
  return names.map(({ name, address }) => `${address} ${name}\n`).join('');
}

export type ForwardingParts = {
  readonly engine: Pick<Engine, 'listContainers' | 'putFile' | 'readFile' | 'exec'>;
  readonly workspaceId: string;
  readonly log: WallLog;
};
type Addresses = { readonly gatewayAddress: string; readonly agentAddress: string };

/** Tells the forwarder in a workspace's agent container which names it listens for. It is no authority: the gateway decides. */
export class Forwarding {
  readonly #parts: ForwardingParts;
  /** What the running container holds; null when it must be looked at. */
  #held: string | null = null;
  #turn: Promise<void> = Promise.resolve();

  constructor(parts: ForwardingParts) {
    this.#parts = parts;
  }

  /** Another container may run now. */
  forget(): void {
    this.#held = null;
  }

  /** Never throws, and ends soon whatever the container does. One that does not run gets the list once it has started. */
  deliver({ gatewayAddress, agentAddress }: Addresses, names: readonly ForwardedName[]): Promise<void> {
    const write = (own: readonly ForwardedName[]): string => JSON.stringify({ gateway: gatewayAddress, port: rawPort, own: agentAddress, names: own });
    this.#turn = this.#turn.then(async () => {
      try {
        if (this.#held !== write(names)) await this.#deliver(write(names), write([]));
      } catch (error) {
        this.#held = null;
        const { log, workspaceId } = this.#parts;
        log.warn({ error, workspaceId }, 'The names for TCP could not be brought into a container');
      }
    });
    return this.#turn;
  }

  async #deliver(list: string, empty: string): Promise<void> {
    const { engine, workspaceId, log } = this.#parts;
    const agents = await engine.listContainers({ workspaceId, role: 'agent' });
    const container = agents.find(({ status }) => status === 'running')?.id;
    if (container === undefined) return;
    const held = this.#held ?? (await this.#read(container)) ?? empty;
    if (held !== list) {
      await engine.putFile(container, listPath, Buffer.from(list), { user: '0:0' });
      const argv = ['/usr/bin/python3', '-IS', forwarder, 'reload'];
      const { exitCode, stdout, stderr } = await engine.exec(container, argv, { env: loaderAsItIs, timeoutMs: RELOAD_TIMEOUT, maxBytes: 4096 });
      log.debug({ workspaceId, exitCode, stdout, stderr }, 'The forwarder of a container was told its names');
    }
    this.#held = list;
  }

  async #read(container: string): Promise<string | null> {
    try {
      return Buffer.from(await this.#parts.engine.readFile(container, listPath, LIST_BYTES)).toString();
    } catch (error) {
      if (error instanceof AppError && ['engine/no-file', 'engine/not-found'].includes(error.code)) return null;
      throw error;
    }
  }
}
