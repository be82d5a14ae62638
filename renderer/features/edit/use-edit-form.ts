import { useState } from 'react';
import type { OptionChanges } from '../../../shared/model/options.ts';
import type { Workspace, WorkspaceDetails } from '../../../shared/model/workspace.ts';
import { useClient } from '../../lib/core.tsx';
import { type Action, useAction } from '../../lib/use-action.ts';
import { changesOf } from '../options/draft.ts';
import { type Base, type OptionsEditor, useBase, useOptions } from '../options/use-options.ts';
import { type Plan, usePlan } from './use-plan.ts';

export type EditForm = {
  readonly name: string;
  readonly setName: (name: string) => void;
  readonly base: Base;
  readonly editor: OptionsEditor;
  readonly changes: OptionChanges;
  readonly plan: Plan;
  /** Something is not as it was. */
  readonly dirty: boolean;
  readonly invalid: boolean;
  readonly saving: Action;
  readonly save: (recreate: boolean) => Promise<boolean>;
  readonly discard: () => Promise<void>;
};

/**
 * The own options of a workspace as they are being edited, and what saving them would do.
 * @param reload Reads the details anew, and answers them, or null when they could not be read.
 */
export function useEditForm(workspace: Workspace, details: WorkspaceDetails, reload: () => Promise<WorkspaceDetails | null>): EditForm {
  const client = useClient();
  const { workspaceId } = workspace;
  const [name, setName] = useState(workspace.name);
  const base = useBase(workspace.projectId, workspace.agent);
  const saving = useAction();
  const editor = useOptions(details.options, base.resolved, saving.error);
  const changes = changesOf(details.options, editor.options);
  const plan = usePlan(workspaceId, changes);
  const renamed = name.trim() !== '' && name.trim() !== workspace.name;
  const changed = Object.keys(changes).length > 0;
  return {
    name,
    setName,
    base,
    editor,
    changes,
    plan,
    dirty: renamed || changed,
    invalid: name.trim() === '' || Object.keys(editor.problems).length > 0,
    saving,
    async save(recreate) {
      const done = await saving.run(async () => {
        if (renamed) await client.call('workspaces.rename', { workspaceId, name: name.trim() });
        if (changed) await client.call('workspaces.edit', { workspaceId, changes, recreate });
      });
      if (done) editor.begin(((await reload()) ?? details).options);
      return done;
    },
    async discard() {
      setName(workspace.name);
      saving.clear();
      editor.begin(((await reload()) ?? details).options);
    },
  };
}
