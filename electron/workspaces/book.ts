import { AppError } from '../../shared/errors.ts';
import type { OptionName } from '../../shared/model/options.ts';
import type { Workspace, WorkspaceState } from '../../shared/model/workspace.ts';
import { KeyedQueue } from '../lib/keyed-queue.ts';
import { limitsOf } from './options.ts';
import type { Records, WorkspaceRecord } from './records.ts';
import type { WorkspacesOptions } from './types.ts';

/** What may be under way on a workspace and is ended by a cancel, a stop or a removal. */
export type Work = 'creating' | 'starting' | 'verifying' | 'recreating';

/** One workspace as this core knows it: the lasting record, the present state. */
export type Entry = {
  record: WorkspaceRecord;
  state: WorkspaceState;
  /** Of its agent container while it is up. */
  containerId?: string;
  /** What works on it now, to be aborted by a cancel, a stop or a removal. */
  running?: { readonly what: Work; readonly controller: AbortController };
  /** Options that differ from what its container was made from, as of the last look at the layers. */
  pending?: readonly OptionName[];
  /** Sources of its mounts that led elsewhere at the last look. */
  staleMounts?: readonly string[];
  /** A stop or removal waits for its turn: nothing else is begun. */
  leaving?: boolean;
};

/** All workspaces, the work queued on each, and the telling of what changed. */
export class Book {
  readonly queue = new KeyedQueue();
  readonly records: Records;
  readonly #options: Pick<WorkspacesOptions, 'wall' | 'registry' | 'onChange'>;
  readonly #entries = new Map<string, Entry>();

  constructor(records: Records, options: Pick<WorkspacesOptions, 'wall' | 'registry' | 'onChange'>) {
    this.records = records;
    this.#options = options;
    for (const record of records.all()) this.#entries.set(record.workspaceId, { record, state: initialState(record) });
  }

  all(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  /** Those that containers have, and those that their next ones will. Empty: the usual one. */
  agentVersions(): readonly { readonly agent: string; readonly version: string }[] {
    return this.all().flatMap(({ record: { agent, asked, effective } }) =>
      [effective.agentVersion, asked.agentVersion ?? ''].map((version) => ({ agent, version })),
    );
  }

  find(workspaceId: string): Entry | undefined {
    return this.#entries.get(workspaceId);
  }

  /** Throws `workspace/unknown`. */
  get(workspaceId: string): Entry {
    const entry = this.#entries.get(workspaceId);
    if (!entry) throw new AppError('workspace/unknown', 'There is no such workspace. It may have been removed.', { details: { workspaceId } });
    return entry;
  }

  add(record: WorkspaceRecord, state: WorkspaceState): Entry {
    const entry: Entry = { record, state };
    this.#entries.set(record.workspaceId, entry);
    this.publish(entry);
    return entry;
  }

  setState(entry: Entry, state: WorkspaceState): void {
    entry.state = state;
    this.publish(entry);
  }

  /** Throws `workspace/name-taken`. */
  rename(entry: Entry, name: string): void {
    const record = { ...entry.record, name };
    this.records.rename(record);
    entry.record = record;
    this.publish(entry);
  }

  save(entry: Entry, change: Partial<WorkspaceRecord>): void {
    entry.record = { ...entry.record, ...change };
    this.records.update(entry.record);
  }

  forget(entry: Entry): void {
    const { workspaceId } = entry.record;
    this.records.remove(workspaceId);
    this.#entries.delete(workspaceId);
    this.#options.onChange(workspaceId, null);
  }

  publish(entry: Entry): void {
    if (this.#entries.get(entry.record.workspaceId) === entry) this.#options.onChange(entry.record.workspaceId, this.describe(entry));
  }

  describe({ record, state, pending, staleMounts }: Entry): Workspace {
    const { workspaceId } = record;
    const { wall } = this.#options;
    // The wall of a workspace that is not made yet, or not any more, is not known to anyone.
    const walled = record.phase === 'ready';
    const learning = walled ? wall.learning(workspaceId) : null;
    return {
      workspaceId,
      projectId: record.projectId,
      name: record.name,
      agent: record.agent,
      agentTitle: this.#options.registry.title(record.agent),
      mode: walled ? wall.mode(workspaceId) : record.effective.mode,
      ...(learning?.running === true && { learningUntil: learning.until }),
      limits: limitsOf(record.effective),
      state,
      wall: walled ? wall.state(workspaceId) : { kind: 'off' },
      rules: walled ? wall.rules(workspaceId).length : 0,
      pending: [...(pending ?? [])],
      staleMounts: [...(staleMounts ?? [])],
      ...(record.warning !== undefined && { warning: record.warning }),
      createdAt: record.createdAt,
    };
  }
}

function initialState(record: WorkspaceRecord): WorkspaceState {
  switch (record.phase) {
    case 'ready':
      return record.failure ? { kind: 'failed', ...record.failure } : { kind: 'unknown', reason: 'The container engine has not been asked yet.' };
    case 'failed':
      return record.failure ? { kind: 'failed', ...record.failure } : { kind: 'removing' };
    case 'creating':
    case 'removing':
      return { kind: 'removing' };
    default:
      return record.phase;
  }
}
