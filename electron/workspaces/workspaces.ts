import type { Channel } from '../../shared/contract/channel.ts';
import type { ChangedAll } from '../../shared/contract/workspaces.ts';
import type { AgentType } from '../../shared/model/agent.ts';
import type { EditPlan, OptionChanges, ResolvedOptions, WorkspaceOptions } from '../../shared/model/options.ts';
import type { Removal } from '../../shared/model/removal.ts';
import type { TerminalKind } from '../../shared/model/terminal.ts';
import type { Workspace, WorkspaceDetails } from '../../shared/model/workspace.ts';
import type { Session } from '../agents/types.ts';
import type { Launch } from '../terminals/types.ts';
import type { CreateRequest } from './admit.ts';
import type { LogRequest } from './logs.ts';
import type { Verdict } from './mount-rules.ts';
import { checkMount } from './mounts.ts';
import type { Installation } from './packages.ts';
import { changeAll } from './pausing.ts';
import type { RemoveOptions } from './removals.ts';
import { Service } from './service.ts';
import type { WorkspacesOptions } from './types.ts';

export type Workspaces = {
  /** Answers once it is ready. Throws `workspace/…`, `project/…`, `git/…`, `engine/…`, `image/…`, `wall/…`; then nothing of it is left in the engine. */
  readonly create: (request: CreateRequest) => Promise<Workspace>;
  /** Throws `workspace/not-creating` when nothing is being made or recreated; answers when all is removed, or as it was. */
  readonly cancel: (workspaceId: string) => Promise<void>;
  readonly list: (projectId?: string) => readonly Workspace[];
  readonly get: (workspaceId: string) => Workspace;
  readonly inspect: (workspaceId: string) => Promise<WorkspaceDetails>;
  /** Answers at once when it runs already; a failed creation is tried again. */
  readonly start: (workspaceId: string) => Promise<Workspace>;
  readonly stop: (workspaceId: string) => Promise<Workspace>;
  /** Freezes its processes; its wall stays up. Throws `workspace/not-running`. */
  readonly pause: (workspaceId: string) => Promise<Workspace>;
  /** Lets a paused one go on; answers at once when it runs already. Throws `workspace/not-paused`, `workspace/not-resumed`. */
  readonly resume: (workspaceId: string) => Promise<Workspace>;
  readonly pauseAll: () => Promise<ChangedAll>;
  readonly resumeAll: () => Promise<ChangedAll>;
  /** Graceful stop, then start, as one piece of work. One that stands still is started. */
  readonly restart: (workspaceId: string) => Promise<Workspace>;
  /** A new container takes the old one's place, with the options as they are decided now; a failure at any step leaves the old one as it was. */
  readonly recreate: (workspaceId: string) => Promise<Workspace>;
  /** Live options take effect at once, the rest waits (`pending`) unless it is recreated too. Nothing is changed when a live one cannot be. */
  readonly edit: (workspaceId: string, changes: OptionChanges, recreate: boolean) => Promise<Workspace>;
  /** Another one with the same options, made at once; its home, git and keys are its own. */
  readonly duplicate: (workspaceId: string, name?: string) => Promise<Workspace>;
  /** Throws `workspace/name-taken`. */
  readonly rename: (workspaceId: string, name: string) => Workspace;
  /** Sends the log of one of its containers until it ends or the reader leaves. Throws `workspace/no-container`. */
  readonly logs: (request: LogRequest, channel: Channel) => Promise<void>;
  /** What removing it would take away, and work in it that lies nowhere else. */
  readonly removal: (workspaceId: string) => Promise<Removal>;
  readonly removalOfProject: (projectId: string) => Promise<Removal>;
  /** Throws `workspace/unpushed-work` (its details are the `work` of `removal`) unless work that lies nowhere else may be lost; then nothing has gone. */
  readonly remove: (workspaceId: string, options?: RemoveOptions) => Promise<void>;
  readonly removeOfProject: (projectId: string, options?: RemoveOptions) => Promise<void>;
  /** What a workspace of the project would be made from, and which layer decides each option. */
  readonly resolve: (projectId: string, agent: AgentType, own: WorkspaceOptions) => Promise<ResolvedOptions>;
  /** Which of these changes take effect at once, and which need a recreation. */
  readonly plan: (workspaceId: string, changes: OptionChanges) => Promise<EditPlan>;
  /** Layers below the workspaces' own may have changed, of one project or of all: what waits for a recreation is looked at anew. */
  readonly layersChanged: (projectId?: string) => Promise<void>;
  /** Installs system packages as root, where the workspace allows it. Throws `packages/…`, `workspace/not-running`. */
  readonly install: (workspaceId: string, names: readonly string[], signal?: AbortSignal) => Promise<Installation>;
  /** Whether a folder of the host may be mounted. Throws `mount/…` when there is nothing to mount. */
  readonly checkMount: (source: string, readOnly: boolean) => Promise<Verdict & { readonly resolved: string }>;
  /** Folders of the host that are mounted writable, besides projects. Resolved. */
  readonly writableFolders: () => readonly string[];
  /** How to start a terminal's program. Throws `workspace/not-running`. */
  readonly launch: (workspaceId: string, worktree: string, kind: TerminalKind, session?: Session) => Launch;
  /** Which versions of agent CLIs workspaces have asked for; empty: the usual one. */
  readonly agentVersions: () => readonly { readonly agent: AgentType; readonly version: string }[];
  /** Settles when what the engine has was looked at once since the core began, or the engine turned out to be away. */
  readonly looked: () => Promise<void>;
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
    pause: (workspaceId) => service.pause(workspaceId),
    resume: (workspaceId) => service.resume(workspaceId),
    pauseAll: () =>
      changeAll(
        service.list().filter(({ state }) => state.kind === 'running'),
        (workspaceId) => service.pause(workspaceId),
      ),
    resumeAll: () =>
      changeAll(
        service.list().filter(({ state }) => state.kind === 'paused'),
        (workspaceId) => service.resume(workspaceId),
      ),
    restart: (workspaceId) => service.restart(workspaceId),
    recreate: (workspaceId) => service.recreate(workspaceId),
    edit: (workspaceId, changes, recreate) => service.edit(workspaceId, changes, recreate),
    duplicate: (workspaceId, name) => service.duplicate(workspaceId, name),
    rename: (workspaceId, name) => service.rename(workspaceId, name),
    logs: (request, channel) => service.logs(request, channel),
    removal: (workspaceId) => service.removals.ofWorkspace(workspaceId),
    removalOfProject: (projectId) => service.removals.ofProject(projectId),
    remove: (workspaceId, how = { discard: false }) => service.removals.remove(workspaceId, how),
    removeOfProject: (projectId, how = { discard: false }) => service.removals.removeOfProject(projectId, how),
    resolve: (projectId, agent, own) => service.resolve(projectId, agent, own),
    plan: (workspaceId, changes) => service.plan(workspaceId, changes),
    install: (workspaceId, names, signal) => service.install(workspaceId, names, signal),
    checkMount: async (source, readOnly) => checkMount(source, readOnly, await options.mountSurroundings()),
    writableFolders: () => service.writableFolders(),
    layersChanged: (projectId) => service.layersChanged(projectId),
    launch: (workspaceId, worktree, kind, session) => service.launch(workspaceId, worktree, kind, session),
    agentVersions: () => service.agentVersions(),
    looked: () => service.looked(),
    settled: () => service.settled(),
    close: () => service.close(),
  };
}
