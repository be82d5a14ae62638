import { assertNever } from '../../shared/errors.ts';
import type { Agent } from '../../shared/model/agent.ts';
import type { Blocked } from '../../shared/model/domain.ts';
import type { EngineState } from '../../shared/model/engine.ts';
import type { EngineInUse } from '../../shared/model/engines.ts';
import type { Project } from '../../shared/model/project.ts';
import type { Change, Snapshot } from '../../shared/model/snapshot.ts';
import type { Step } from '../../shared/model/step.ts';
import type { Terminal } from '../../shared/model/terminal.ts';
import type { Workspace } from '../../shared/model/workspace.ts';

/** So many blocked names of a workspace are in the snapshot (`snapshotSchema`). */
const mostBlocked = 50;

/** What every client sees. Services put entities in; each put is one sequenced change. */
export type LiveState = {
  readonly snapshot: () => Snapshot;
  readonly setEngine: (value: EngineState) => void;
  readonly setEngines: (value: EngineInUse[]) => void;
  readonly setPreparation: (value: Step[]) => void;
  readonly setAgents: (value: Agent[]) => void;
  readonly putProject: (id: string, value: Project | null) => void;
  readonly putWorkspace: (id: string, value: Workspace | null) => void;
  readonly putTerminal: (id: string, value: Terminal | null) => void;
  /** Newest first. A flood of names is told by how many there are. */
  readonly setBlocked: (workspaceId: string, hosts: readonly Blocked[]) => void;
};

type BlockedNames = Extract<Change, { kind: 'blocked' }>['value'];

export type LiveStateOptions = {
  readonly engine: EngineState;
  readonly publish: (payload: { readonly seq: number; readonly change: Change }) => void;
};

export function createLiveState(options: LiveStateOptions): LiveState {
  const state = new SequencedState(options);
  return {
    snapshot: () => state.snapshot(),
    setEngine: (value) => state.apply({ kind: 'engine', value }),
    setEngines: (value) => state.apply({ kind: 'engines', value }),
    setPreparation: (value) => state.apply({ kind: 'preparation', value }),
    setAgents: (value) => state.apply({ kind: 'agents', value }),
    putProject: (id, value) => state.apply({ kind: 'project', id, value }),
    putWorkspace: (id, value) => state.apply({ kind: 'workspace', id, value }),
    putTerminal: (id, value) => state.apply({ kind: 'terminal', id, value }),
    setBlocked: (id, hosts) => state.apply({ kind: 'blocked', id, value: { hosts: hosts.slice(0, mostBlocked), total: hosts.length } }),
  };
}

class SequencedState {
  readonly #publish: LiveStateOptions['publish'];
  #seq = 0;
  #engine: EngineState;
  #engines: EngineInUse[] = [];
  #preparation: Step[] = [];
  #agents: Agent[] = [];
  readonly #projects = new Map<string, Project>();
  readonly #workspaces = new Map<string, Workspace>();
  readonly #terminals = new Map<string, Terminal>();
  readonly #blocked = new Map<string, BlockedNames>();

  constructor(options: LiveStateOptions) {
    this.#publish = options.publish;
    this.#engine = options.engine;
  }

  snapshot(): Snapshot {
    return {
      seq: this.#seq,
      engine: this.#engine,
      engines: this.#engines,
      preparation: this.#preparation,
      agents: this.#agents,
      projects: [...this.#projects.values()],
      workspaces: [...this.#workspaces.values()],
      terminals: [...this.#terminals.values()],
      blocked: [...this.#blocked].map(([workspaceId, names]) => ({ workspaceId, ...names })),
    };
  }

  apply(change: Change): void {
    this.#keep(change);
    this.#seq += 1;
    this.#publish({ seq: this.#seq, change });
  }

  #keep(change: Change): void {
    switch (change.kind) {
      case 'engine':
        this.#engine = change.value;
        return;
      case 'engines':
        this.#engines = change.value;
        return;
      case 'preparation':
        this.#preparation = change.value;
        return;
      case 'agents':
        this.#agents = change.value;
        return;
      case 'project':
        return put(this.#projects, change.id, change.value);
      case 'workspace':
        return put(this.#workspaces, change.id, change.value);
      case 'terminal':
        return put(this.#terminals, change.id, change.value);
      case 'blocked':
        return put(this.#blocked, change.id, change.value.total === 0 ? null : change.value);
      default:
        assertNever(change);
    }
  }
}

function put<T>(map: Map<string, T>, id: string, value: T | null): void {
  if (value === null) map.delete(id);
  else map.set(id, value);
}
