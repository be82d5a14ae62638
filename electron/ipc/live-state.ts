import type { Agent } from '../../shared/model/agent.ts';
import type { Blocked } from '../../shared/model/domain.ts';
import type { EngineState } from '../../shared/model/engine.ts';
import type { Project } from '../../shared/model/project.ts';
import type { Change, Snapshot } from '../../shared/model/snapshot.ts';
import type { Step } from '../../shared/model/step.ts';
import type { Terminal } from '../../shared/model/terminal.ts';
import type { Workspace } from '../../shared/model/workspace.ts';

/** What every client sees. Services put entities in; each put is one sequenced change. */
export type LiveState = {
  readonly snapshot: () => Snapshot;
  readonly setEngine: (value: EngineState) => void;
  readonly setPreparation: (value: Step[]) => void;
  readonly setAgents: (value: Agent[]) => void;
  readonly putProject: (id: string, value: Project | null) => void;
  readonly putWorkspace: (id: string, value: Workspace | null) => void;
  readonly putTerminal: (id: string, value: Terminal | null) => void;
  readonly setBlocked: (workspaceId: string, value: Blocked[]) => void;
};

export type LiveStateOptions = {
  readonly engine: EngineState;
  readonly publish: (payload: { readonly seq: number; readonly change: Change }) => void;
};

export function createLiveState(options: LiveStateOptions): LiveState {
  let seq = 0;
  let engine = options.engine;
  let preparation: Step[] = [];
  let agents: Agent[] = [];
  const projects = new Map<string, Project>();
  const workspaces = new Map<string, Workspace>();
  const terminals = new Map<string, Terminal>();
  const blocked = new Map<string, Blocked[]>();

  function publish(change: Change): void {
    seq += 1;
    options.publish({ seq, change });
  }
  return {
    snapshot: () => ({
      seq,
      engine,
      preparation,
      agents,
      projects: [...projects.values()],
      workspaces: [...workspaces.values()],
      terminals: [...terminals.values()],
      blocked: [...blocked].map(([workspaceId, hosts]) => ({ workspaceId, hosts })),
    }),
    setEngine(value) {
      engine = value;
      publish({ kind: 'engine', value });
    },
    setPreparation(value) {
      preparation = value;
      publish({ kind: 'preparation', value });
    },
    setAgents(value) {
      agents = value;
      publish({ kind: 'agents', value });
    },
    putProject(id, value) {
      set(projects, id, value);
      publish({ kind: 'project', id, value });
    },
    putWorkspace(id, value) {
      set(workspaces, id, value);
      publish({ kind: 'workspace', id, value });
    },
    putTerminal(id, value) {
      set(terminals, id, value);
      publish({ kind: 'terminal', id, value });
    },
    setBlocked(workspaceId, value) {
      set(blocked, workspaceId, value.length === 0 ? null : value);
      publish({ kind: 'blocked', id: workspaceId, value });
    },
  };
}

function set<T>(map: Map<string, T>, id: string, value: T | null): void {
  if (value === null) map.delete(id);
  else map.set(id, value);
}
