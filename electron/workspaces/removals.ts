import type { Removal } from '../../shared/model/removal.ts';
import type { Book } from './book.ts';
import { removeCaches } from './caches.ts';
import type { Operations } from './operations.ts';
import type { WorkspaceRecord } from './records.ts';
import { describeRemoval, refuseToLose } from './removal.ts';
import type { Turns } from './turns.ts';
import type { WorkspacesOptions } from './types.ts';

/** `discard`: work that lies nowhere else may be lost. */
export type RemoveOptions = { readonly discard: boolean };

export type RemovalsParts = {
  readonly options: WorkspacesOptions;
  readonly book: Book;
  readonly turns: Turns;
  readonly operations: Operations;
};

/** Removing a workspace, or all of a project's: what would go, and that it goes. */
export class Removals {
  readonly #parts: RemovalsParts;

  constructor(parts: RemovalsParts) {
    this.#parts = parts;
  }

  ofWorkspace(workspaceId: string): Promise<Removal> {
    const { options, book } = this.#parts;
    const { record } = book.get(workspaceId);
    return describeRemoval(options, [record], [record.project.clone?.url ?? record.project.path]);
  }

  async ofProject(projectId: string): Promise<Removal> {
    const { options } = this.#parts;
    const { path, url } = await options.projects.get(projectId);
    return describeRemoval(options, this.#recordsOf(projectId), [url ?? path]);
  }

  async remove(workspaceId: string, { discard }: RemoveOptions): Promise<void> {
    const { options, book, turns, operations } = this.#parts;
    const entry = book.get(workspaceId);
    if (!discard) await refuseToLose(options, [entry.record]);
    await turns.leave(entry, async () => {
      if (book.find(workspaceId) === entry) await operations.remove(entry);
    });
  }

  async removeOfProject(projectId: string, { discard }: RemoveOptions): Promise<void> {
    const { options } = this.#parts;
    const records = this.#recordsOf(projectId);
    if (!discard) await refuseToLose(options, records);
    const results = await Promise.allSettled(records.map(({ workspaceId }) => this.remove(workspaceId, { discard: true })));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    // A project without workspaces does not stay because its engine is away for good; caches that it has there stay with the engine.
    if (records.length > 0 || options.engine.state().kind !== 'unreachable') await removeCaches(options.engine, projectId);
  }

  #recordsOf(projectId: string): readonly WorkspaceRecord[] {
    return this.#parts.book
      .all()
      .map(({ record }) => record)
      .filter((record) => record.projectId === projectId);
  }
}
