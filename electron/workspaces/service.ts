import type { Channel } from '../../shared/contract/channel.ts';
import type { Dispose } from '../../shared/disposable.ts';
import { AppError } from '../../shared/errors.ts';
import type { AgentType } from '../../shared/model/agent.ts';
import type { EditPlan, OptionChanges, ResolvedOptions, WorkspaceOptions } from '../../shared/model/options.ts';
import type { TerminalKind } from '../../shared/model/terminal.ts';
import type { NetworkMode } from '../../shared/model/workspace-parts.ts';
import type { Workspace, WorkspaceDetails } from '../../shared/model/workspace.ts';
import type { Session } from '../agents/types.ts';
import type { Launch } from '../terminals/types.ts';
import { splitKeys } from './admission.ts';
import { admit, type AdmissionParts, type CreateRequest, edit } from './admit.ts';
import { Book, type Entry } from './book.ts';
import { refuseBadOptions } from './extras.ts';
import { inspectWorkspace } from './inspect.ts';
import { deliverKeys } from './key-delivery.ts';
import { launchIn } from './launch.ts';
import { Layers } from './layers.ts';
import { listAllowed } from './live-options.ts';
import { type LogRequest, streamLogs } from './logs.ts';
import { writableSources } from './mounts.ts';
import { Operations } from './operations.ts';
import type { CompleteOptions } from './options.ts';
import { type Installation, installPackages } from './packages.ts';
import { pause, resume } from './pausing.ts';
import { lookForPostCreate } from './post-create.ts';
import { Reconciler } from './reconciler.ts';
import { createRecords } from './records.ts';
import { Removals } from './removals.ts';
import { Turns } from './turns.ts';
import type { WorkspacesOptions } from './types.ts';

/** What `workspaces.ts` promises. */
export class Service {
  readonly #options: WorkspacesOptions;
  readonly #book: Book;
  readonly #layers: Layers;
  readonly #operations: Operations;
  readonly #reconciler: Reconciler;
  readonly #turns: Turns;
  readonly removals: Removals;
  readonly #admission: AdmissionParts;
  readonly #subscriptions: readonly Dispose[];
  readonly #look = (entry: Entry): Promise<void> => this.#reconciler.look(entry);
  #closed = false;

  constructor(options: WorkspacesOptions) {
    this.#options = options;
    this.#book = new Book(createRecords(options.database, options.site?.owns), options);
    const check = async (projectId: string, decided: CompleteOptions): Promise<void> =>
      refuseBadOptions(options, await options.projects.get(projectId), decided);
    this.#layers = new Layers({ engine: options.engine, layersOf: options.layersOf, registry: options.registry, check });
    this.#admission = { options, book: this.#book, layers: this.#layers };
    this.#reconciler = new Reconciler(options, this.#book);
    this.#operations = new Operations(options, this.#book, this.#look);
    this.#turns = new Turns(this.#book, (entry) => this.#reconciler.settle(entry));
    this.removals = new Removals({ options, book: this.#book, turns: this.#turns, operations: this.#operations });
    this.#subscriptions = [
      options.engine.onState((state) => void this.#reconciler.onEngineState(state)),
      options.engine.onState((state) => state.kind === 'connected' && void this.layersChanged()),
      options.engine.onEvent((event) => this.#reconciler.onEvent(event)),
      options.wall.onChange((workspaceId) => {
        const entry = this.#book.find(workspaceId);
        if (entry) this.#book.publish(entry);
        this.#reconciler.onWallChange(workspaceId);
      }),
      options.vault.onChange((owner) => void deliverKeys(options, this.#book, owner)),
    ];
    for (const entry of this.#book.all()) this.#book.publish(entry);
    void this.#reconciler.onEngineState(options.engine.state());
    if (options.engine.state().kind === 'connected') void this.layersChanged();
  }

  async create(request: CreateRequest, title?: string): Promise<Workspace> {
    if (this.#closed) throw new AppError('app/closing', 'Forgehold is closing.');
    const entry = await admit(this.#admission, request, title);
    void this.#options.projects.touch(request.projectId).catch((error: unknown) => this.#options.log.warn({ error }, 'A project could not be touched'));
    await this.#turns.run(entry, 'creating', (controller) => this.#operations.create(entry, controller));
    return this.get(entry.record.workspaceId);
  }

  async cancel(workspaceId: string): Promise<void> {
    const entry = this.#book.get(workspaceId);
    if (entry.running?.what !== 'creating' && entry.running?.what !== 'recreating')
      throw new AppError('workspace/not-creating', 'This workspace is not being made at the moment.', { details: { workspaceId } });
    await this.#turns.abort(entry);
  }

  list(projectId?: string): readonly Workspace[] {
    const entries = this.#book.all().filter(({ record }) => projectId === undefined || record.projectId === projectId);
    return entries.map((entry) => this.#book.describe(entry));
  }

  get(workspaceId: string): Workspace {
    return this.#book.describe(this.#book.get(workspaceId));
  }

  inspect(workspaceId: string): Promise<WorkspaceDetails> {
    const entry = this.#book.get(workspaceId);
    return inspectWorkspace(this.#options, this.#book, entry, this.#modeOf(entry));
  }

  async start(workspaceId: string): Promise<Workspace> {
    const entry = this.#book.get(workspaceId);
    const what = entry.record.phase === 'failed' ? 'creating' : 'starting';
    await this.#turns.run(entry, what, async (controller) => {
      // Asked in its turn: what was under way before may have failed.
      if (entry.record.phase !== 'failed') return this.#startAsMade(entry, controller);
      const effective = await this.#layers.decide(entry.record.projectId, entry.record.asked);
      // The file may have changed since, or is not trusted any more.
      await lookForPostCreate(this.#options, this.#book, entry);
      this.#book.save(entry, { phase: 'creating', failure: undefined, effective });
      await this.#operations.create(entry, controller);
    });
    return this.get(workspaceId);
  }

  async #startAsMade(entry: Entry, controller: AbortController): Promise<void> {
    if (entry.state.kind === 'running') return;
    if (entry.state.kind === 'paused') return resume(this.#options, entry, this.#look, controller.signal);
    try {
      await this.#operations.start(entry, controller);
    } catch (error) {
      if (error instanceof AppError && error.code === 'workspace/stale-mounts') await this.#layers.refresh(this.#book, entry);
      throw error;
    }
  }

  async stop(workspaceId: string): Promise<Workspace> {
    const entry = this.#book.get(workspaceId);
    if (entry.running?.what === 'creating')
      throw new AppError('workspace/creating', 'This workspace is being made. Cancel that instead.', { details: { workspaceId } });
    await this.#turns.leave(entry, async () => {
      this.#turns.requirePresent(entry);
      if (entry.record.phase === 'ready') await this.#operations.stop(entry, true);
    });
    return this.get(workspaceId);
  }

  /** What is being made or started is paused when it runs. */
  async pause(workspaceId: string): Promise<Workspace> {
    const entry = this.#book.get(workspaceId);
    await this.looked();
    await this.#book.queue.run(workspaceId, async () => {
      this.#turns.requirePresent(entry);
      await pause(this.#options, entry, this.#look);
    });
    return this.get(workspaceId);
  }

  async resume(workspaceId: string): Promise<Workspace> {
    const entry = this.#book.get(workspaceId);
    await this.looked();
    await this.#turns.run(entry, 'starting', async (controller) => {
      if (entry.state.kind === 'running') return;
      if (entry.state.kind !== 'paused') throw new AppError('workspace/not-paused', 'This workspace is not paused.', { details: { workspaceId } });
      await resume(this.#options, entry, this.#look, controller.signal);
    });
    return this.get(workspaceId);
  }

  async restart(workspaceId: string): Promise<Workspace> {
    const entry = this.#book.get(workspaceId);
    if (entry.record.phase !== 'ready') return this.start(workspaceId);
    await this.#turns.run(entry, 'starting', async (controller) => {
      if (entry.state.kind !== 'stopped') await this.#operations.stop(entry);
      await this.#startAsMade(entry, controller);
    });
    return this.get(workspaceId);
  }

  async recreate(workspaceId: string): Promise<Workspace> {
    const entry = this.#book.get(workspaceId);
    if (entry.record.phase !== 'ready') return this.start(workspaceId);
    await this.#turns.run(entry, 'recreating', async (controller) => {
      const effective = await this.#layers.decide(entry.record.projectId, entry.record.asked);
      await lookForPostCreate(this.#options, this.#book, entry);
      await this.#operations.recreate(entry, controller, { ...effective, mode: this.#modeOf(entry) });
      await this.#layers.refresh(this.#book, entry);
    });
    return this.get(workspaceId);
  }

  async edit(workspaceId: string, changes: OptionChanges, recreate: boolean): Promise<Workspace> {
    const entry = this.#book.get(workspaceId);
    await this.#turns.run(entry, 'recreating', async (controller) => {
      const mode = this.#modeOf(entry);
      const waiting = await edit(this.#admission, entry, mode, changes);
      if (!recreate || waiting === null || entry.record.phase !== 'ready') return;
      await lookForPostCreate(this.#options, this.#book, entry);
      await this.#operations.recreate(entry, controller, { ...waiting, mode: this.#modeOf(entry) });
      await this.#layers.refresh(this.#book, entry);
    });
    return this.get(workspaceId);
  }

  /** Its own layer of options is copied, and the domains that the user has allowed or denied since; no key, and no learning. */
  async duplicate(workspaceId: string, name: string | undefined): Promise<Workspace> {
    const { wall } = this.#options;
    const entry = this.#book.get(workspaceId);
    const { projectId, agent, asked } = entry.record;
    const own = wall.rulesOf({ workspaceId }).filter((rule) => rule.scope === 'workspace' && rule.addedBy === 'user' && rule.expiresAt === undefined);
    const domains = [...new Set([...(asked.domains ?? []), ...listAllowed(own.filter(({ allowPrivate }) => !allowPrivate))])];
    const mode = this.#modeOf(entry) === 'learning' ? 'restricted' : this.#modeOf(entry);
    const request = { ...asked, mode, ...(domains.length > 0 && { domains }), ...(name !== undefined && { name }), projectId, agent };
    const copy = await this.create(request, entry.record.name);
    const denying = own.filter(({ verdict }) => verdict === 'deny');
    await wall.addRules({ workspaceId: copy.workspaceId }, denying);
    return this.get(copy.workspaceId);
  }

  rename(workspaceId: string, name: string): Workspace {
    this.#book.rename(this.#book.get(workspaceId), name);
    return this.get(workspaceId);
  }

  logs(request: LogRequest, channel: Channel): Promise<void> {
    const { record } = this.#book.get(request.workspaceId);
    return streamLogs(this.#options.engine, record, request, channel);
  }

  async resolve(projectId: string, agent: AgentType, own: WorkspaceOptions): Promise<ResolvedOptions> {
    await this.#options.projects.get(projectId);
    const { environment } = splitKeys(own.env ?? {}, this.#options.registry.definition(agent));
    return this.#layers.resolve(projectId, own.env === undefined ? own : { ...own, env: environment });
  }

  plan(workspaceId: string, changes: OptionChanges): Promise<EditPlan> {
    const entry = this.#book.get(workspaceId);
    return this.#layers.plan(entry, this.#modeOf(entry), changes);
  }

  install(workspaceId: string, names: readonly string[], signal?: AbortSignal): Promise<Installation> {
    const { record, state, containerId } = this.#book.get(workspaceId);
    return installPackages(this.#options.engine, { record, isRunning: state.kind === 'running', containerId }, names, signal);
  }

  writableFolders(): readonly string[] {
    return this.#book.all().flatMap(({ record }) => writableSources(record));
  }

  async layersChanged(projectId?: string): Promise<void> {
    const concerned = this.#book.all().filter(({ record }) => projectId === undefined || record.projectId === projectId);
    for (const entry of concerned) {
      await this.#layers
        .refresh(this.#book, entry)
        .catch((error: unknown) =>
          this.#options.log.warn({ workspaceId: entry.record.workspaceId, error }, 'What waits for a recreation could not be learned'),
        );
    }
  }

  /** The present mode: it may have been changed since the workspace was made. */
  #modeOf({ record }: Entry): NetworkMode {
    return record.phase === 'ready' ? this.#options.wall.mode(record.workspaceId) : record.effective.mode;
  }

  launch(workspaceId: string, worktree: string, kind: TerminalKind, session?: Session): Launch {
    return launchIn(this.#options, this.#book.get(workspaceId), { worktree, kind, session });
  }

  agentVersions(): ReturnType<Book['agentVersions']> {
    return this.#book.agentVersions();
  }

  looked(): Promise<void> {
    return this.#reconciler.looked();
  }

  async settled(): Promise<void> {
    await this.#reconciler.settled();
    await this.#book.queue.idle();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const dispose of this.#subscriptions) dispose();
    this.#reconciler.close();
    for (const entry of this.#book.all()) entry.running?.controller.abort(new AppError('app/closing', 'Forgehold is closing.'));
    await this.settled();
  }
}
