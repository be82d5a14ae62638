import type { Readable } from 'node:stream';
import { createEmitter, type Dispose } from '../../shared/disposable.ts';
import { type RawEvent, readEvent, withBelonging } from './event-shape.ts';
import type { Client } from './handshake.ts';
import type { Jail } from './jail.ts';
import { readLines } from './lines.ts';
import type { EngineEvent, EngineLog } from './types.ts';

/** What is asked for. `exec_*`, `health_status` and volume mounts come by the hundred and tell nothing that we use. */
const actions = ['create start restart stop kill die oom pause unpause rename update destroy remove'.split(' '), ['connect', 'disconnect']].flat();

/**
 * The engine's events of our objects. One stream for all three types: only container events carry labels, so the engine cannot filter
 * networks and volumes by label, and two streams would have no common order. What is not ours is dropped here, before anyone sees it.
 */
export class Events {
  readonly #jail: () => Jail;
  readonly #log: EngineLog | undefined;
  readonly #events = createEmitter<EngineEvent>();
  /** Our networks by id and volumes by name, with their labels: their events carry none, and at their end nobody can be asked. */
  readonly #known = new Map<string, Readonly<Record<string, string>>>();
  #lastNano: bigint | null = null;

  constructor(jail: () => Jail, log?: EngineLog) {
    this.#jail = jail;
    this.#log = log;
  }

  onEvent(listener: (event: EngineEvent) => void): Dispose {
    return this.#events.on(listener);
  }

  /** Opens the stream, from where the last one broke off. */
  async open(docker: Client, abortSignal: AbortSignal, engineTime: string): Promise<Readable> {
    this.#lastNano ??= toNano(engineTime);
    const filters = { type: ['container' as const, 'network' as const, 'volume' as const], event: actions };
    const since = this.#lastNano === null ? {} : { since: toTimestamp(this.#lastNano + 1n) as unknown as number };
    const stream = (await docker.getEvents({ filters, ...since, abortSignal })) as Readable;
    await this.#learn(docker, abortSignal);
    void this.#read(stream);
    return stream;
  }

  /** Networks and volumes that were there before the stream. */
  async #learn(docker: Client, abortSignal: AbortSignal): Promise<void> {
    const filters = this.#jail().filter();
    const [networks, { Volumes: volumes }] = await Promise.all([docker.listNetworks({ filters, abortSignal }), docker.listVolumes({ filters, abortSignal })]);
    for (const network of networks) this.#known.set(network.Id, network.Labels ?? {});
    for (const volume of volumes ?? []) this.#known.set(volume.Name, volume.Labels ?? {});
  }

  async #read(stream: Readable): Promise<void> {
    try {
      for await (const line of readLines(stream)) {
        const raw = this.#parse(line);
        if (raw === null) continue;
        const own = await this.#ours(raw);
        this.#lastNano = raw.timeNano;
        if (own !== null) this.#events.emit(withBelonging(own));
      }
    } catch (error) {
      this.#log?.debug({ error }, 'The event stream broke');
    } finally {
      stream.destroy();
    }
  }

  /** One that cannot be read is passed over: ending the stream for it would ask for it again, for ever. */
  #parse(line: string): RawEvent | null {
    try {
      return readEvent(line);
    } catch (error) {
      this.#log?.warn({ error, line: line.slice(0, 500) }, 'An event of the engine could not be read');
      return null;
    }
  }

  async #ours(event: RawEvent): Promise<RawEvent | null> {
    const jail = this.#jail();
    if (event.type === 'container') {
      if (!jail.isOurs(event.labels)) return null;
      if (event.action === 'destroy') jail.forget(event.id);
      return event;
    }
    const found = this.#known.get(event.id) ?? (event.action === 'create' ? await this.#lookUp(event) : null);
    if (!jail.isOurs(found)) return event.type === 'network' && event.action === 'connect' ? this.#joined(event) : null;
    if (event.action === 'create') this.#known.set(event.id, found!);
    if (event.action === 'destroy' || event.action === 'remove') this.#known.delete(event.id);
    return { ...event, labels: found! };
  }

  /** A network of somebody else's that a container of ours was joined to: told as that container's. */
  async #joined(event: RawEvent): Promise<RawEvent | null> {
    const labels = (await this.#jail().inspectContainer(event.attributes['container'] ?? ''))?.Config.Labels;
    return labels !== undefined && this.#jail().isOurs(labels) ? { ...event, labels } : null;
  }

  async #lookUp(event: RawEvent): Promise<Readonly<Record<string, string>> | null> {
    const jail = this.#jail();
    return event.type === 'network' ? ((await jail.network(event.id))?.Labels ?? null) : jail.volumeLabels(event.id);
  }
}

/** RFC 3339 with up to nine decimals, of which a Date would keep three; null when it is none. */
function toNano(time: string): bigint | null {
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) return null;
  const decimals = /[.](\d{1,9})/.exec(time)?.[1] ?? '';
  return BigInt(Math.floor(ms / 1_000)) * 1_000_000_000n + BigInt(decimals.padEnd(9, '0'));
}

/** Seconds and nanoseconds, as the engine reads them. */
function toTimestamp(nano: bigint): string {
  return `${nano / 1_000_000_000n}.${String(nano % 1_000_000_000n).padStart(9, '0')}`;
}
