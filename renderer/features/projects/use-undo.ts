import { useState } from 'react';
import type { Project } from '../../../shared/model/project.ts';
import { useClient, useSnapshot } from '../../lib/core.tsx';
import { type Action, useAction } from '../../lib/use-action.ts';

export type ProjectUndo = {
  /** The project that was removed last, while it can be had back. */
  readonly removed: Project | null;
  /** Removes a project that has no workspace: nothing is destroyed by that. */
  readonly remove: (project: Project) => Promise<void>;
  readonly undo: () => Promise<void>;
  readonly action: Action;
};

/** Only what destroys nothing has an undo: a project without workspaces is added again, with its name, its engine and its preset. */
export function useUndo(): ProjectUndo {
  const client = useClient();
  const action = useAction();
  const [last, setRemoved] = useState<Project | null>(null);
  // Added again some other way, it needs no undo.
  const isBack = useSnapshot((snapshot) => snapshot.projects.some((project) => project.projectId === last?.projectId));
  const removed = isBack ? null : last;
  return {
    removed,
    action,
    async remove(project) {
      const { projectId } = project;
      if (await action.run(() => client.call('projects.remove', { projectId }))) setRemoved(project);
    },
    async undo() {
      if (!removed) return;
      const done = await action.run(async () => {
        const { kind, path, url = '', keep, name, engine, preset } = removed;
        const back =
          kind === 'clone' ? await client.call('projects.clone', { url, engine, ...(keep && { keep }) }) : await client.call('projects.create', { path });
        const differs = back.name !== name || back.engine !== engine || JSON.stringify(back.preset) !== JSON.stringify(preset);
        if (differs) await client.call('projects.edit', { projectId: back.projectId, name, engine, preset });
      });
      if (done) setRemoved(null);
    },
  };
}
