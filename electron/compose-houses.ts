import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ChangedAll } from '../shared/contract/workspaces.ts';
import type { EngineProbe, KnownEngine } from '../shared/model/engines.ts';
import type { Step } from '../shared/model/step.ts';
import { createHouse, type Ground, type House } from './compose-house.ts';
import type { HostFiles } from './engine/contexts.ts';
import { type Endpoint, isLocal, parseAddress } from './engine/endpoint.ts';
import { probeEngine } from './engine/handshake.ts';
import { type EnginePlace, findEngine, listEngines } from './engine/known-engines.ts';
import type { Wall } from './network/types.ts';
import type { Terminals } from './terminals/types.ts';
import type { Workspaces } from './workspaces/workspaces.ts';

/** The houses of all engines in use. None waits for another. */
export type Houses = {
  /** The default engine's: always there. */
  readonly main: House;
  readonly all: () => readonly House[];
  /** Of the engine with this id, built when nobody has named it before. */
  readonly of: (engineId: string) => House;
  /** The user is about to need images and tools there. */
  readonly prepare: (engineId?: string) => void;
  readonly list: () => Promise<KnownEngine[]>;
  /** Tries an engine once, by its id or by an address. */
  readonly probe: (engine: string, signal: AbortSignal) => Promise<EngineProbe>;
  /** The services of all houses as one each: a call goes to the house of the workspace, terminal or project that its first argument names. */
  readonly workspaces: Workspaces;
  readonly terminals: Terminals;
  readonly wall: Wall;
  readonly close: () => Promise<void>;
};

export function createHouses(ground: Ground, files: HostFiles): Houses {
  const street = new Street(ground, files);
  return {
    main: street.of('default'),
    all: () => street.all(),
    of: (engineId) => street.of(engineId),
    prepare: (engineId = 'default') => {
      const { engine, preparation } = street.of(engineId);
      // One that is away is prepared when it is reached.
      if (engine.state().kind !== 'unreachable') preparation.begin();
    },
    list: () => street.list(),
    probe: (engine, signal) => probeEngine(street.lookUp(engine), signal),
    workspaces: routed((first) => street.houseOf(first).workspaces, {
      list: (projectId) => inOrder(street.all().flatMap(({ workspaces }) => workspaces.list(projectId))),
      pauseAll: async () => joined(await Promise.all(street.all().map(({ workspaces }) => workspaces.pauseAll()))),
      resumeAll: async () => joined(await Promise.all(street.all().map(({ workspaces }) => workspaces.resumeAll()))),
      looked: async () => void (await Promise.all(street.all().map(({ workspaces }) => workspaces.looked()))),
      layersChanged: async () => void (await Promise.all(street.all().map(({ workspaces }) => workspaces.layersChanged()))),
    }),
    terminals: routed((first) => street.houseOf(first).terminals, {
      list: (workspaceId) =>
        workspaceId === undefined
          ? inOrder(street.all().flatMap(({ terminals }) => terminals.list()))
          : street.houseOf(workspaceId).terminals.list(workspaceId),
    }),
    // Rules are one book for all engines: any house's wall knows them.
    wall: routed((first) => street.houseOf(first).wall, { allRules: () => street.of('default').wall.allRules() }),
    // An engine that hangs takes its time; the others are not held up by it.
    close: async () => {
      const results = await Promise.allSettled(street.all().map((house) => house.close()));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  };
}

class Street {
  readonly #ground: Ground;
  readonly #files: HostFiles;
  /** By engine; several ids may mean the same one. */
  readonly #houses = new Map<string, House>();
  readonly #keys = new Map<string, string>();
  /** Of each workspace and terminal that there is. */
  readonly #owners = new Map<string, string>();
  readonly #preparations = new Map<string, Step[]>();

  constructor(ground: Ground, files: HostFiles) {
    this.#ground = ground;
    this.#files = files;
    // All ids first: a house asks at once which of them are its own.
    const places = ['default', ...ground.projects.engines()].map((engineId) => this.find(engineId));
    for (const place of places) this.#keys.set(place.engineId, keyOf(place));
    for (const place of places) this.#ensure(place);
  }

  all(): readonly House[] {
    return [...this.#houses.values()];
  }

  of(engineId: string): House {
    const key = this.#keys.get(engineId);
    return (key !== undefined && this.#houses.get(key)) || this.#ensure(this.find(engineId));
  }

  find(engine: string): EnginePlace {
    return findEngine(engine, this.#ground.settings.get(), this.#files);
  }

  /** By id, or else by address. */
  lookUp(engine: string): Endpoint {
    const { engines } = this.#ground.settings.get();
    const isId = engine === 'default' || /^(context|socket):(?!\/\/)/.test(engine) || engines.some(({ name }) => name === engine);
    return isId ? this.find(engine).endpoint : parseAddress(engine, { origin: 'settings', platform: this.#files.platform });
  }

  /** Of a workspace, a terminal or a project: by its id, or by a field of what is asked. What nobody knows is the default's to refuse. */
  houseOf(first: unknown): House {
    const named = typeof first === 'object' && first !== null ? (first as { readonly workspaceId?: string; readonly projectId?: string }) : {};
    const id = typeof first === 'string' ? first : (named.workspaceId ?? named.projectId ?? '');
    const owner = this.#houses.get(this.#owners.get(id) ?? '');
    if (owner !== undefined) return owner;
    const engineId = this.#ground.projects.engineOf(named.projectId ?? id);
    return this.of(engineId ?? 'default');
  }

  async list(): Promise<KnownEngine[]> {
    const projects = await this.#ground.projects.list();
    const settings = this.#ground.settings.get();
    const listed = listEngines(settings, this.#files);
    const gone = projects.map(({ engine }) => engine).filter((id) => !listed.some(({ engineId }) => engineId === id));
    const places = [...listed, ...[...new Set(gone)].map((id) => this.find(id))];
    return places.map(({ engineId, title, endpoint }) => {
      const house = this.#houses.get(this.#keys.get(engineId) ?? '');
      return {
        ...{ engineId, title, address: endpoint.address, origin: endpoint.origin, local: isLocal(endpoint) },
        projects: projects.filter(({ engine }) => engine === engineId).length,
        ...(house !== undefined && { state: house.engine.state() }),
      };
    });
  }

  #ensure(place: EnginePlace): House {
    const key = keyOf(place);
    this.#keys.set(place.engineId, key);
    const standing = this.#houses.get(key);
    if (standing !== undefined) return standing;
    const { live, dataFolder } = this.#ground;
    const own = (id: string, exists: boolean): void => void (exists ? this.#owners.set(id, key) : this.#owners.delete(id));
    const house: House = createHouse(this.#ground, {
      place,
      downloadFolder: join(dataFolder.downloads, key),
      owns: (engineId) => this.#keys.get(engineId) === key,
      onWorkspace: own,
      onTerminal: own,
      onState: (state) => {
        if (place.engineId === 'default') live.setEngine(state);
        this.#tellStates();
      },
      onPreparation: (steps) => this.#prepare(key, place, steps),
      onAgents: () => place.engineId === 'default' && this.#houses.has(key) && live.setAgents([...house.registry.list()]),
    });
    this.#houses.set(key, house);
    if (place.engineId === 'default') live.setAgents([...house.registry.list()]);
    this.#tellStates();
    return house;
  }

  #tellStates(): void {
    const ids = [...this.#keys].flatMap(([engineId, key]) => {
      const house = this.#houses.get(key);
      return house === undefined ? [] : [{ engineId, title: house.place.title, state: house.engine.state() }];
    });
    this.#ground.live.setEngines(ids);
  }

  #prepare(key: string, { engineId, title }: EnginePlace, steps: Step[]): void {
    const named = engineId === 'default' ? steps : steps.map((step) => ({ ...step, id: `${engineId}/${step.id}`, label: `${step.label} (${title})` }));
    this.#preparations.set(key, named);
    this.#ground.live.setPreparation([...this.#preparations.values()].flat());
  }
}

/** Two ids of one engine share a house: each would take the other's leftovers for its own. */
function keyOf({ engineId, endpoint }: EnginePlace): string {
  const { origin: _, address, ...way } = endpoint;
  const facts = endpoint.kind === 'invalid' ? engineId : JSON.stringify(endpoint.kind === 'socket' ? { address } : way);
  return createHash('sha256').update(facts).digest('hex').slice(0, 12);
}

/**
 * One service in front of those of all houses. Every method but those in `own` hands its arguments to the service that `pick` finds by the
 * first of them; a call that names nothing is a mistake of ours, and says so.
 */
function routed<T extends object>(pick: (first: unknown) => T, own: Partial<T>): T {
  function get(_: T, name: string): unknown {
    if (name in own) return own[name as keyof T];
    return (...given: readonly unknown[]) => {
      if (given.length === 0) throw new Error(`${name} names no workspace, terminal or project, and is not answered for all houses.`);
      const service = pick(given[0]);
      return (service[name as keyof T] as (...argv: readonly unknown[]) => unknown).call(service, ...given);
    };
  }
  return new Proxy({} as T, { get: (target, name) => (typeof name === 'string' ? get(target, name) : undefined) });
}

function joined(all: readonly ChangedAll[]): ChangedAll {
  return { workspaces: all.flatMap(({ workspaces }) => workspaces), failures: all.flatMap(({ failures }) => failures) };
}

function inOrder<T extends { readonly createdAt: string }>(all: readonly T[]): readonly T[] {
  return all.toSorted((one, other) => one.createdAt.localeCompare(other.createdAt));
}
