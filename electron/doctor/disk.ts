import { AppError } from '../../shared/errors.ts';
import type { DiskUse } from '../../shared/model/disk.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import type { EngineDiskUse } from '../engine/disk-use.ts';
import type { Engine } from '../engine/types.ts';
import type { DataFolder } from '../lib/data-folder.ts';
import { readFree } from './computer-probes.ts';
import { cacheOf, findEngineCandidates, isCache, type Keeper } from './engine-candidates.ts';
import { findFolderCandidates, listOwnFolders, type OwnFolders } from './folder-candidates.ts';
import type { DoctorLog } from './types.ts';
import { createWalker, type Walker } from './walk.ts';

/** Something that can go, and how. Nothing of the user's is ever one. */
export type Candidate = DiskUse['reclaimable'][number] & {
  /** False when it was gone, or is used by now. Absent things are fine. */
  readonly remove: () => Promise<boolean>;
};

export type Disk = {
  /** What is not known within a few seconds is null, and known at one of the next calls. */
  readonly use: () => Promise<DiskUse>;
  readonly free: () => Promise<DiskUse['free']>;
  readonly reclaimable: () => Promise<DiskUse['reclaimable']>;
  /** Removes what still may go of these. Answers the bytes. Throws `disk/reclaim-failed` when something could not be removed; the rest is. */
  readonly reclaim: (ids: readonly string[]) => Promise<number>;
  readonly close: () => Promise<void>;
};

/** One engine in use, and what is on it. */
export type DiskHouse = {
  readonly engine: Engine;
  /** What it is called where there are several; null for the default one. */
  readonly title: string | null;
  readonly workspaces: () => readonly Workspace[];
  /** The images that the next start uses. */
  readonly currentImages: () => Promise<readonly string[]>;
  /** Whoever keeps shared things in volumes says what of it may go. */
  readonly keepers: readonly Keeper[];
};

export type DiskOptions = {
  /** The default engine's first. */
  readonly houses: () => readonly [DiskHouse, ...DiskHouse[]];
  readonly folder: DataFolder;
  readonly removeTree: (path: string) => Promise<void>;
  readonly log: DoctorLog;
};

/** What each engine said; null where it cannot be asked. */
type Asked = readonly { readonly house: DiskHouse; readonly use: EngineDiskUse | null }[];

/** For the folders of all workspaces together, in milliseconds: somebody waits for the page. */
const walkPatience = 4000;
/** For an engine's own walk; one that takes longer is told of at one of the next calls. */
const enginePatience = 20_000;

export function createDisk(options: DiskOptions): Disk {
  const walker = createWalker();
  const service = new DiskService(options, walker);
  return {
    use: () => service.use(),
    free: () => service.free(),
    reclaimable: async () => (await service.candidates()).map(({ id, label, bytes, why }) => ({ id, label, bytes, why })),
    reclaim: (ids) => service.reclaim(ids),
    close: () => walker.close(),
  };
}

class DiskService {
  readonly #options: DiskOptions;
  readonly #walker: Walker;

  constructor(options: DiskOptions, walker: Walker) {
    this.#options = options;
    this.#walker = walker;
  }

  async free(): Promise<DiskUse['free']> {
    const { houses, folder } = this.#options;
    const [{ engine }] = houses();
    const state = engine.state();
    const isLocal = state.kind === 'connected' && state.endpoint.startsWith('unix://');
    const root = isLocal ? (await engine.info()).rootFolder : '';
    const [data, ofEngine] = await Promise.all([readFree(folder.root), root === '' ? undefined : readFree(root)]);
    if (data === undefined) throw new AppError('disk/unreadable', `The file system of ${folder.root} does not tell its free space.`);
    return { data, ...(ofEngine !== undefined && { engine: ofEngine }) };
  }

  async use(): Promise<DiskUse> {
    const [free, asked, own] = await Promise.all([this.free(), this.#askEngines(), listOwnFolders(this.#options.folder)]);
    const [perWorkspace, shared, candidates] = await Promise.all([
      Promise.all(asked.flatMap(({ house, use }) => house.workspaces().map((workspace) => this.#measure(workspace, use, own)))),
      this.#shared(asked),
      this.#candidates(asked, own),
    ]);
    return { free, workspaces: perWorkspace, shared, reclaimable: candidates.map(({ id, label, bytes, why }) => ({ id, label, bytes, why })) };
  }

  async candidates(): Promise<readonly Candidate[]> {
    const [asked, own] = await Promise.all([this.#askEngines(), listOwnFolders(this.#options.folder)]);
    return this.#candidates(asked, own);
  }

  async reclaim(ids: readonly string[]): Promise<number> {
    const wanted = new Set(ids);
    // Found anew: an id proves nothing, and what was free to go a minute ago may be in use.
    const found = (await this.candidates()).filter(({ id }) => wanted.has(id));
    let freed = 0;
    const failures: { readonly label: string; readonly error: unknown }[] = [];
    for (const candidate of found) {
      try {
        if (await candidate.remove()) freed += candidate.bytes;
      } catch (error) {
        this.#options.log.warn({ error, id: candidate.id }, 'Something that takes room could not be removed');
        failures.push({ label: candidate.label, error });
      }
    }
    const first = failures[0];
    if (!first) return freed;
    const reason = first.error instanceof Error ? first.error.message : String(first.error);
    const rest = failures.length === 1 ? '' : ` and ${failures.length - 1} more`;
    throw new AppError('disk/reclaim-failed', `${first.label}${rest} could not be removed: ${reason}`, { details: { freed }, cause: first.error });
  }

  /** Null for an engine that cannot be asked, or does not answer in time: the rest is still told. */
  async #askEngines(): Promise<Asked> {
    return Promise.all(this.#options.houses().map(async (house) => ({ house, use: await this.#askEngine(house) })));
  }

  async #askEngine({ engine, title }: DiskHouse): Promise<EngineDiskUse | null> {
    if (engine.state().kind !== 'connected') return null;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), enginePatience);
    const asking = engine.diskUse().catch((error: unknown) => {
      this.#options.log.warn({ error, engine: title ?? 'default' }, 'The engine could not be asked what takes room');
      return null;
    });
    const waited = new Promise<null>((resolve) => late.signal.addEventListener('abort', () => resolve(null), { once: true }));
    return Promise.race([asking, waited]).finally(() => clearTimeout(timer));
  }

  async #measure({ workspaceId, projectId }: Workspace, engine: EngineDiskUse | null, own: OwnFolders): Promise<DiskUse['workspaces'][number]> {
    const sum = (list: readonly { readonly workspaceId?: string; readonly bytes: number }[] | undefined): number | null =>
      list === undefined ? null : list.filter((one) => one.workspaceId === workspaceId).reduce((bytes, one) => bytes + one.bytes, 0);
    const [home, ...git] = await Promise.all(
      [this.#options.folder.workspace(workspaceId), ...own.git.filter((one) => one.workspaceId === workspaceId).map(({ path }) => path)].map((path) =>
        this.#walker.measure(path, walkPatience),
      ),
    );
    const known = git.filter((bytes) => bytes !== null);
    return {
      ...{ workspaceId, projectId, home: home ?? null },
      container: sum(engine?.containers),
      volumes: sum(engine?.volumes),
      git: known.length === git.length ? known.reduce((bytes, one) => bytes + one, 0) : null,
    };
  }

  async #shared(asked: Asked): Promise<DiskUse['shared']> {
    const { folder } = this.#options;
    const ofEngines = asked.flatMap(({ house: { title, keepers }, use }) => {
      const [suffix, prefix] = title === null ? ['', ''] : [` on ${title}`, `${title}/`];
      const volumes = (use?.volumes ?? []).filter((volume) => volume.workspaceId === undefined);
      const labelOf = (name: string): string =>
        keepers.find((keeper) => keeper.owns(name))?.title ?? (isCache(name) ? `Package cache ${cacheOf(name)}` : `Volume ${name}`);
      return [
        { id: `${prefix}images`, label: `Images${suffix}`, bytes: imageBytes(use) },
        ...volumes.map(({ name, bytes }) => ({ id: `${prefix}volume:${name}`, label: `${labelOf(name)}${suffix}`, bytes })),
      ];
    });
    const [downloads, logs] = await Promise.all([folder.downloads, folder.logs].map((path) => this.#walker.measure(path, walkPatience)));
    return [...ofEngines, { id: 'downloads', label: 'Downloads', bytes: downloads ?? 0 }, { id: 'logs', label: 'Logs', bytes: logs ?? 0 }];
  }

  async #candidates(asked: Asked, own: OwnFolders): Promise<readonly Candidate[]> {
    const { houses, log } = this.#options;
    const isKnown = (workspaceId: string): boolean => houses().some(({ workspaces }) => workspaces().some((one) => one.workspaceId === workspaceId));
    const ofFolders = findFolderCandidates(this.#options, own, isKnown, (path) => this.#walker.measure(path, walkPatience));
    const ofEngines = asked.map(async ({ house, use }) => {
      const found = use === null ? [] : await findEngineCandidates(house, use, isKnown, log);
      return house.title === null ? found : found.map((one) => ({ ...one, id: `${house.title}/${one.id}`, label: `${one.label} on ${house.title}` }));
    });
    const all = await Promise.all([ofFolders, ...ofEngines]);
    return all.flat().toSorted((one, other) => other.bytes - one.bytes);
  }
}

/** Layers that several share count once: the largest stands for what is shared, each other for what it adds. */
function imageBytes(engine: EngineDiskUse | null): number {
  const images = [...new Map((engine?.images ?? []).map((image) => [image.id, image])).values()];
  const shared = Math.max(0, ...images.map(({ bytes, own }) => bytes - own));
  return shared + images.reduce((sum, { own }) => sum + own, 0);
}
