import type { DatabaseSync } from 'node:sqlite';
import seccomp from '../../resources/seccomp/agent.json' with { type: 'json' };
import { createEmitter } from '../../shared/disposable.ts';
import { AppError } from '../../shared/errors.ts';
import type { Decision } from '../../shared/model/domain.ts';
import type { Engine } from '../engine/types.ts';
import { createNetworks } from './networks.ts';
import { parsePattern } from './pattern.ts';
import { Site, type SiteParts } from './site.ts';
import { WallStore } from './store.ts';
import type { Wall, WallLog, WallSite, WallSpec } from './types.ts';

export type WallOptions = {
  readonly engine: Engine;
  /** With `networkMigration` applied. */
  readonly database: DatabaseSync;
  /** Tag of the gateway's image, built when it is not there. */
  readonly gatewayImage: (onProgress: (line: string) => void, signal?: AbortSignal) => Promise<string>;
  /** Where private networks may lie, such as `10.213.0.0/16`; read at each use. */
  readonly subnetRange: () => string;
  /** All addresses of this machine; read at each use. */
  readonly hostAddresses: () => readonly string[];
  readonly log: WallLog;
};

/** How often a standing wall is proven again without cause. */
const RETEST_EVERY = 60 * 60 * 1000;
/** Changes of the blocked names are announced at most this often. */
const BLOCKED_PAUSE = 200;
/** No IPv6 at all: the private network has none, and a link-local address is one too many. */
const sysctls = { 'net.ipv6.conf.all.disable_ipv6': '1', 'net.ipv6.conf.default.disable_ipv6': '1' };
const seccompProfile = JSON.stringify(seccomp);

export function createWall(options: WallOptions): Wall {
  return new Walls(options);
}

class Walls implements Wall {
  readonly #store: WallStore;
  readonly #sites = new Map<string, Site>();
  readonly #parts: SiteParts;
  readonly #changed = createEmitter<string>();
  readonly #decided = createEmitter<Decision>();
  readonly #blocked = createEmitter<string>();
  readonly #announcing = new Map<string, NodeJS.Timeout>();
  readonly #disposers: (() => void)[] = [];
  readonly onChange = this.#changed.on;
  readonly onDecision = this.#decided.on;
  readonly onBlocked = this.#blocked.on;

  constructor(options: WallOptions) {
    const { engine } = options;
    this.#store = new WallStore(options.database);
    this.#parts = {
      engine,
      store: this.#store,
      networks: createNetworks(options),
      gatewayImage: options.gatewayImage,
      hostAddresses: options.hostAddresses,
      log: options.log,
      onChange: (workspaceId) => this.#changed.emit(workspaceId),
      onLines: (workspaceId, lines) => {
        const decisions = this.#store.record(workspaceId, lines);
        for (const decision of decisions) this.#decided.emit(decision);
        if (decisions.some(({ verdict }) => verdict === 'blocked')) this.#announceBlocked(workspaceId);
      },
    };
    const retest = setInterval(() => this.#recheck(), RETEST_EVERY).unref();
    this.#disposers.push(
      engine.onEvent((event) => this.#sites.get(event.belonging.workspaceId ?? '')?.onEvent(event)),
      engine.onState((state) => state.kind === 'connected' && this.#recheck()),
      () => clearInterval(retest),
    );
  }

  async raise(spec: WallSpec, onDetail: (line: string) => void, signal?: AbortSignal): Promise<WallSite> {
    const { projectId, workspaceId, mode } = spec;
    this.#store.putWall(workspaceId, { projectId, mode });
    const standing = await this.#site(workspaceId, projectId).raise(onDetail, signal);
    const { gatewayAddress, agentAddress, caCertificate, network } = standing;
    return { network, agentAddress, gatewayAddress, caCertificate, seccomp: seccompProfile, sysctls };
  }

  async lower(workspaceId: string): Promise<void> {
    const record = this.#store.wall(workspaceId);
    if (record !== null) await this.#site(workspaceId, record.projectId).lower();
  }

  async remove({ projectId, workspaceId }: Pick<WallSpec, 'projectId' | 'workspaceId'>): Promise<void> {
    await this.#site(workspaceId, projectId).remove();
    this.#sites.delete(workspaceId);
    this.#store.remove(workspaceId);
    this.#announceBlocked(workspaceId);
  }

  test(workspaceId: string, signal?: AbortSignal): ReturnType<Wall['test']> {
    return this.#known(workspaceId).test(signal);
  }

  state(workspaceId: string): ReturnType<Wall['state']> {
    return this.#sites.get(workspaceId)?.state ?? { kind: 'off' };
  }

  mode(workspaceId: string): ReturnType<Wall['mode']> {
    return this.#store.wall(workspaceId)?.mode ?? 'restricted';
  }

  async setMode(workspaceId: string, mode: ReturnType<Wall['mode']>): Promise<void> {
    const site = this.#known(workspaceId);
    const record = this.#store.wall(workspaceId)!;
    if (record.mode === mode) return;
    this.#store.putWall(workspaceId, { ...record, mode });
    try {
      await site.apply();
    } finally {
      this.#changed.emit(workspaceId);
    }
    site.recheck();
  }

  rules(workspaceId: string): ReturnType<Wall['rules']> {
    return this.#store.rules(workspaceId);
  }

  async addRule(workspaceId: string, pattern: string, options: Parameters<Wall['addRule']>[2]): ReturnType<Wall['addRule']> {
    const site = this.#known(workspaceId);
    const rule = this.#store.putRule(workspaceId, { pattern: parsePattern(pattern), ...options, addedAt: new Date().toISOString() });
    try {
      await site.apply();
    } finally {
      this.#changed.emit(workspaceId);
      this.#announceBlocked(workspaceId);
    }
    return rule;
  }

  async removeRule(workspaceId: string, pattern: string): Promise<void> {
    const site = this.#known(workspaceId);
    const normal = parsePattern(pattern);
    if (!this.#store.removeRule(workspaceId, normal)) throw new AppError('domain/not-found', `${normal} is not on the list.`, { details: { pattern: normal } });
    try {
      await site.apply();
    } finally {
      this.#changed.emit(workspaceId);
    }
  }

  decisions(workspaceId: string, query: Parameters<Wall['decisions']>[1]): ReturnType<Wall['decisions']> {
    return this.#store.decisions(workspaceId, query);
  }

  blocked(workspaceId: string): ReturnType<Wall['blocked']> {
    return this.#store.blocked(workspaceId);
  }

  dismiss(workspaceId: string, host: string): void {
    this.#store.dismiss(workspaceId, host);
    this.#announceBlocked(workspaceId);
  }

  close(): void {
    for (const dispose of this.#disposers) dispose();
    for (const site of this.#sites.values()) site.close();
    for (const timer of this.#announcing.values()) clearTimeout(timer);
  }

  #recheck(): void {
    for (const site of this.#sites.values()) site.recheck();
  }

  #site(workspaceId: string, projectId: string): Site {
    const site = this.#sites.get(workspaceId) ?? new Site(this.#parts, projectId, workspaceId);
    this.#sites.set(workspaceId, site);
    return site;
  }

  #known(workspaceId: string): Site {
    const record = this.#store.wall(workspaceId);
    if (record === null) throw new AppError('workspace/not-found', 'There is no such workspace, or it has no wall yet.', { details: { workspaceId } });
    return this.#site(workspaceId, record.projectId);
  }

  #announceBlocked(workspaceId: string): void {
    if (this.#announcing.has(workspaceId)) return;
    const announce = (): void => {
      this.#announcing.delete(workspaceId);
      this.#blocked.emit(workspaceId);
    };
    this.#announcing.set(workspaceId, setTimeout(announce, BLOCKED_PAUSE).unref());
  }
}
