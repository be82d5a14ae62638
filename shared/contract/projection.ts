import type { Change, Snapshot } from '../model/snapshot.ts';

export type Sequenced = { readonly seq: number; readonly change: Change };

/** The snapshot with one change applied. New entities come last, changed ones keep their place. */
export function applyChange(snapshot: Snapshot, { seq, change }: Sequenced): Snapshot {
  switch (change.kind) {
    case 'engine':
      return { ...snapshot, seq, engine: change.value };
    case 'engines':
      return { ...snapshot, seq, engines: change.value };
    case 'preparation':
      return { ...snapshot, seq, preparation: change.value };
    case 'agents':
      return { ...snapshot, seq, agents: change.value };
    case 'project':
      return { ...snapshot, seq, projects: put(snapshot.projects, change.value, (item) => item.projectId === change.id) };
    case 'workspace':
      return { ...snapshot, seq, workspaces: put(snapshot.workspaces, change.value, (item) => item.workspaceId === change.id) };
    case 'terminal':
      return { ...snapshot, seq, terminals: put(snapshot.terminals, change.value, (item) => item.terminalId === change.id) };
    case 'blocked': {
      const value = change.value.total > 0 ? { workspaceId: change.id, ...change.value } : null;
      return { ...snapshot, seq, blocked: put(snapshot.blocked, value, (item) => item.workspaceId === change.id) };
    }
  }
}

function put<T>(list: readonly T[], value: T | null, isIt: (item: T) => boolean): T[] {
  if (value === null) return list.filter((item) => !isIt(item));
  if (!list.some(isIt)) return [...list, value];
  return list.map((item) => (isIt(item) ? value : item));
}

export type Projection = {
  /** A change as it arrives. Those before the first snapshot wait for it. */
  readonly receive: (message: Sequenced) => void;
  /** Takes a new snapshot: at the start and after each reconnect. Rejects as `fetch` does. */
  readonly refresh: () => Promise<void>;
};

export type ProjectionOptions = {
  readonly fetch: () => Promise<Snapshot>;
  readonly publish: (snapshot: Snapshot) => void;
  /** A snapshot that was taken because a change was missing could not be had. */
  readonly onError: (error: unknown) => void;
};

/** Keeps a snapshot true: changes in order, and a new snapshot whenever one is missing. */
export function createProjection(options: ProjectionOptions): Projection {
  let snapshot: Snapshot | null = null;
  let waiting: Sequenced[] = [];
  let round = 0;

  function settle(): void {
    const ready = waiting.sort((a, b) => a.seq - b.seq);
    waiting = [];
    for (const message of ready) receive(message);
  }
  async function refresh(): Promise<void> {
    round += 1;
    const mine = round;
    snapshot = null;
    const next = await options.fetch();
    if (mine !== round) return;
    snapshot = next;
    options.publish(next);
    settle();
  }
  function receive(message: Sequenced): void {
    if (!snapshot) return void waiting.push(message);
    if (message.seq <= snapshot.seq) return;
    if (message.seq === snapshot.seq + 1) {
      snapshot = applyChange(snapshot, message);
      return options.publish(snapshot);
    }
    waiting.push(message);
    refresh().catch(options.onError);
  }
  return {
    receive,
    refresh() {
      // A new connection may lead to another core, which counts from the beginning.
      waiting = [];
      return refresh();
    },
  };
}
