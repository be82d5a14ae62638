import { randomBytes } from 'node:crypto';
import type { Dispose } from '../../shared/disposable.ts';
import { AppError } from '../../shared/errors.ts';
import { agentTypeSchema, type AgentType } from '../../shared/model/agent.ts';
import type { TerminalKind } from '../../shared/model/terminal.ts';
import type { NetworkMode, Workspace, WorkspaceDetails } from '../../shared/model/workspace.ts';
import { Secret } from '../../shared/secret.ts';
import type { KeyOwner } from '../agents/types.ts';
import type { Launch } from '../terminals/types.ts';
import { chooseLimits, refuseForeignKeys, splitKeys } from './admission.ts';
import { Book, type Entry } from './book.ts';
import { agentContainer, chooseUser, gitOptions } from './bring-up.ts';
import { Operations } from './operations.ts';
import { Reconciler } from './reconciler.ts';
import { createRecords } from './records.ts';
import type { WorkspacesOptions } from './types.ts';

export type CreateRequest = {
  readonly projectId: string;
  readonly agent: AgentType;
  readonly mode: NetworkMode;
  readonly name?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly cpus?: number | undefined;
  readonly memoryMb?: number | undefined;
  readonly pidsLimit?: number | undefined;
  readonly skipPermissions: boolean;
  readonly model?: string | undefined;
  readonly extraArguments: readonly string[];
};

export type Workspaces = {
  /** Answers once it is ready. Throws `workspace/…`, `project/…`, `git/…`, `engine/…`, `image/…`, `wall/…`; then nothing of it is left in the engine. */
  readonly create: (request: CreateRequest) => Promise<Workspace>;
  /** Throws `workspace/not-creating` when nothing is being made; answers when all is removed. */
  readonly cancel: (workspaceId: string) => Promise<void>;
  readonly list: (projectId?: string) => readonly Workspace[];
  readonly get: (workspaceId: string) => Workspace;
  readonly inspect: (workspaceId: string) => Promise<WorkspaceDetails>;
  /** Answers at once when it runs already; a failed creation is tried again. */
  readonly start: (workspaceId: string) => Promise<Workspace>;
  readonly stop: (workspaceId: string) => Promise<Workspace>;
  readonly remove: (workspaceId: string) => Promise<void>;
  readonly removeOfProject: (projectId: string) => Promise<void>;
  /** How to start a terminal's program. Throws `workspace/not-running`. */
  readonly launch: (workspaceId: string, worktree: string, kind: TerminalKind) => Launch;
  /** Settles when nothing is left to do, and what the engine has was looked at. */
  readonly settled: () => Promise<void>;
  /** Ends the work in progress (a creation is undone); what runs in the engine runs on. */
  readonly close: () => Promise<void>;
};

/** The only maker of workspaces. It reads its records at once, and adopts what runs as soon as the engine is reached. */
export function createWorkspaces(options: WorkspacesOptions): Workspaces {
  const service = new Service(options);
  return {
    create: (request) => service.create(request),
    cancel: (workspaceId) => service.cancel(workspaceId),
    list: (projectId) => service.list(projectId),
    get: (workspaceId) => service.get(workspaceId),
    inspect: (workspaceId) => service.inspect(workspaceId),
    start: (workspaceId) => service.start(workspaceId),
    stop: (workspaceId) => service.stop(workspaceId),
    remove: (workspaceId) => service.remove(workspaceId),
    removeOfProject: (projectId) => service.removeOfProject(projectId),
    launch: (workspaceId, worktree, kind) => service.launch(workspaceId, worktree, kind),
    settled: () => service.settled(),
    close: () => service.close(),
  };
}

class Service {
  readonly #options: WorkspacesOptions;
  readonly #book: Book;
  readonly #operations: Operations;
  readonly #reconciler: Reconciler;
  readonly #subscriptions: readonly Dispose[];
  #closed = false;

  constructor(options: WorkspacesOptions) {
    this.#options = options;
    this.#book = new Book(createRecords(options.database), options);
    this.#operations = new Operations(options, this.#book);
    this.#reconciler = new Reconciler(options, this.#book);
    this.#subscriptions = [
      options.engine.onState((state) => void this.#reconciler.onEngineState(state)),
      options.engine.onEvent((event) => this.#reconciler.onEvent(event)),
      options.wall.onChange((workspaceId) => {
        this.#publish(workspaceId);
        this.#reconciler.onWallChange(workspaceId);
      }),
      options.vault.onChange((owner) => void this.#deliverKeys(owner)),
    ];
    for (const entry of this.#book.all()) this.#book.publish(entry);
    void this.#reconciler.onEngineState(options.engine.state());
  }

  async create(request: CreateRequest): Promise<Workspace> {
    const entry = await this.#admit(request);
    const { workspaceId } = entry.record;
    void this.#options.projects.touch(request.projectId).catch((error: unknown) => this.#options.log.warn({ error }, 'A project could not be touched'));
    await this.#runExclusive(entry, 'creating', (controller) => this.#operations.create(entry, controller));
    return this.get(workspaceId);
  }

  async cancel(workspaceId: string): Promise<void> {
    const entry = this.#book.get(workspaceId);
    if (entry.running?.what !== 'creating')
      throw new AppError('workspace/not-creating', 'This workspace is not being made at the moment.', { details: { workspaceId } });
    await this.#abort(entry);
  }

  list(projectId?: string): readonly Workspace[] {
    const entries = this.#book.all().filter(({ record }) => projectId === undefined || record.projectId === projectId);
    return entries.map((entry) => this.#book.describe(entry));
  }

  get(workspaceId: string): Workspace {
    return this.#book.describe(this.#book.get(workspaceId));
  }

  async inspect(workspaceId: string): Promise<WorkspaceDetails> {
    const entry = this.#book.get(workspaceId);
    const { engine, folders } = this.#options;
    const [containers, networks, volumes] = await Promise.all([
      engine.listContainers({ workspaceId }),
      engine.listNetworks({ workspaceId }),
      engine.listVolumes({ workspaceId }),
    ]);
    const shown = containers.flatMap(({ role, name, id, image, status }) =>
      role === 'agent' || role === 'gateway' ? [{ role, name, id, image, status }] : [],
    );
    return {
      ...this.#book.describe(entry),
      environment: entry.record.environment,
      containers: shown,
      networks: networks.map(({ name, subnets }) => ({ name, subnet: subnets[0] ?? '' })),
      volumes: volumes.map((volume) => volume.name),
      folders: [gitOptions(this.#options, entry.record).target, folders.home(workspaceId)],
    };
  }

  async start(workspaceId: string): Promise<Workspace> {
    const entry = this.#book.get(workspaceId);
    if (entry.record.phase === 'failed') {
      this.#book.save(entry, { phase: 'creating', failure: undefined });
      await this.#runExclusive(entry, 'creating', (controller) => this.#operations.create(entry, controller));
    } else {
      await this.#runExclusive(entry, 'starting', async (controller) => {
        if (entry.state.kind !== 'running') await this.#operations.start(entry, controller);
      });
    }
    return this.get(workspaceId);
  }

  async stop(workspaceId: string): Promise<Workspace> {
    const entry = this.#book.get(workspaceId);
    if (entry.running?.what === 'creating')
      throw new AppError('workspace/creating', 'This workspace is being made. Cancel that instead.', { details: { workspaceId } });
    await this.#leave(entry, async () => {
      this.#requirePresent(entry);
      if (entry.record.phase === 'ready') await this.#operations.stop(entry);
    });
    return this.get(workspaceId);
  }

  async remove(workspaceId: string): Promise<void> {
    const entry = this.#book.get(workspaceId);
    await this.#leave(entry, async () => {
      if (this.#book.find(workspaceId) === entry) await this.#operations.remove(entry);
    });
  }

  async removeOfProject(projectId: string): Promise<void> {
    const entries = this.#book.all().filter(({ record }) => record.projectId === projectId);
    const results = await Promise.allSettled(entries.map(({ record }) => this.remove(record.workspaceId)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  launch(workspaceId: string, worktree: string, kind: TerminalKind): Launch {
    const { record, state } = this.#book.get(workspaceId);
    const { registry, tools } = this.#options;
    if (state.kind !== 'running') throw new AppError('workspace/not-running', 'This workspace does not run. Start it first.', { details: { workspaceId } });
    if (worktree !== 'main') throw new AppError('worktree/unknown', `This workspace has no worktree "${worktree}".`, { details: { workspaceId, worktree } });
    const agent = kind === 'shell' ? 'shell' : record.agent;
    const { skipPermissions, model, extraArguments } = record.options;
    return registry.definition(agent).launch({
      program: agent === 'shell' ? '' : tools.path(agent),
      workingDir: record.project.path,
      options: { skipPermissions, extraArguments, ...(model === undefined ? {} : { model }) },
      resume: true,
    });
  }

  async settled(): Promise<void> {
    await this.#reconciler.settled();
    await this.#book.queue.idle();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const dispose of this.#subscriptions) dispose();
    for (const entry of this.#book.all()) entry.running?.controller.abort(new AppError('app/closing', 'Forgehold is closing.'));
    await this.settled();
  }

  /** Checks what can be checked before anything is made, and takes the name. */
  async #admit(request: CreateRequest): Promise<Entry> {
    if (this.#closed) throw new AppError('app/closing', 'Forgehold is closing.');
    const project = await this.#options.projects.get(request.projectId);
    if (!project.present)
      throw new AppError('project/away', `The folder ${project.path} is not there. Put it back, or remove the project.`, { details: { path: project.path } });
    const machine = await this.#options.engine.info();
    const limits = chooseLimits(request, machine);
    const definition = this.#options.registry.definition(request.agent);
    const workspaceId = randomBytes(4).toString('hex');
    refuseForeignKeys(request.env, definition, agentTypeSchema.options.map(this.#options.registry.definition));
    const { environment, keys } = splitKeys(request.env, definition.keyNames);
    const draft = {
      workspaceId,
      projectId: project.projectId,
      phase: 'creating' as const,
      createdAt: new Date().toISOString(),
      agent: request.agent,
      mode: request.mode,
      limits,
      environment,
      options: { skipPermissions: request.skipPermissions, model: request.model, extraArguments: [...request.extraArguments] },
      project: { path: project.path, name: project.name },
    };
    const record = this.#book.records.insert(draft, request.name, definition.title);
    if (keys[0]) this.#options.vault.set({ agent: request.agent, workspaceId }, new Secret(keys[0]));
    return this.#book.add(record, { kind: 'creating', steps: [] });
  }

  /** `entry.running` is set at once, so that a cancel finds it even while it waits for its turn. */
  async #runExclusive(entry: Entry, what: 'creating' | 'starting', work: (controller: AbortController) => Promise<void>): Promise<void> {
    const controller = new AbortController();
    entry.running ??= { what, controller };
    await this.#book.queue.run(entry.record.workspaceId, async () => {
      this.#requirePresent(entry);
      entry.running = { what, controller };
      try {
        await work(controller);
      } finally {
        delete entry.running;
      }
    });
  }

  #requirePresent(entry: Entry): void {
    if (this.#book.get(entry.record.workspaceId) !== entry) throw new AppError('workspace/unknown', 'This workspace was removed.');
  }

  /** Ends what works on it, then stops or removes it. When that fails, what is true is looked at anew. */
  async #leave(entry: Entry, work: () => Promise<void>): Promise<void> {
    entry.leaving = true;
    try {
      await this.#abort(entry);
      await this.#book.queue.run(entry.record.workspaceId, work);
    } catch (error) {
      delete entry.leaving;
      void this.#reconciler.settle(entry);
      throw error;
    } finally {
      delete entry.leaving;
    }
  }

  /** Returns when the work in progress has come to its end. */
  async #abort(entry: Entry): Promise<void> {
    entry.running?.controller.abort(new AppError('workspace/cancelled', 'Cancelled.'));
    await this.#book.queue.run(entry.record.workspaceId, () => Promise.resolve());
  }

  #publish(workspaceId: string): void {
    const entry = this.#book.find(workspaceId);
    if (entry) this.#book.publish(entry);
  }

  async #deliverKeys(owner: KeyOwner): Promise<void> {
    const concerned = this.#book
      .all()
      .filter(({ record }) => record.agent === owner.agent && (owner.workspaceId === undefined || record.workspaceId === owner.workspaceId));
    for (const { record, state, containerId } of concerned) {
      if (state.kind !== 'running' || containerId === undefined) continue;
      try {
        await this.#options.home.deliverKey(agentContainer(record, containerId, await chooseUser(this.#options)));
      } catch (error) {
        this.#options.log.warn({ workspaceId: record.workspaceId, error }, 'A key could not be delivered');
      }
    }
  }
}
