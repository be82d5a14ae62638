import { useState } from 'react';
import type { ResolvedOptions } from '../../../shared/model/options.ts';
import type { Project } from '../../../shared/model/project.ts';
import { useClient, useSnapshot } from '../../lib/core.tsx';
import { type Action, useAction } from '../../lib/use-action.ts';
import { rememberedAgent } from '../create/remembered-agent.ts';
import { changesOf } from '../options/draft.ts';
import { type Base, type OptionsEditor, useBase, useOptions } from '../options/use-options.ts';

export type ProjectFormState = {
  readonly name: string;
  readonly setName: (name: string) => void;
  readonly engine: string;
  readonly setEngine: (engine: string) => void;
  readonly base: Base;
  readonly editor: OptionsEditor;
  readonly dirty: boolean;
  readonly invalid: boolean;
  readonly saving: Action;
  readonly save: () => Promise<boolean>;
};

/** The layers below a project's preset. */
function belowPreset(resolved: ResolvedOptions | null): ResolvedOptions | null {
  if (!resolved) return null;
  const weaker = (name: string): boolean => {
    const source = resolved.sources[name as keyof typeof resolved.sources];
    return source === 'installation' || source === 'built-in';
  };
  return {
    options: Object.fromEntries(Object.entries(resolved.options).filter(([name]) => weaker(name))),
    sources: Object.fromEntries(Object.entries(resolved.sources).filter(([name]) => weaker(name))),
  };
}

/** A project's name, engine, and the options that its new workspaces begin with. */
export function useProjectForm(project: Project): ProjectFormState {
  const client = useClient();
  const agents = useSnapshot((snapshot) => snapshot.agents);
  const [name, setName] = useState(project.name);
  const [engine, setEngine] = useState(project.engine);
  const base = useBase(project.projectId, rememberedAgent(agents));
  const saving = useAction();
  const editor = useOptions(project.preset, belowPreset(base.resolved), saving.error);
  const changes = changesOf(project.preset, editor.options);
  const asked = {
    ...(name.trim() === project.name ? {} : { name: name.trim() }),
    ...(engine === project.engine ? {} : { engine }),
    ...(Object.keys(changes).length === 0 ? {} : { preset: changes }),
  };
  return {
    name,
    setName,
    engine,
    setEngine,
    base,
    editor,
    dirty: Object.keys(asked).length > 0,
    invalid: name.trim() === '' || Object.keys(editor.problems).length > 0,
    saving,
    save: () => saving.run(() => client.call('projects.edit', { projectId: project.projectId, ...asked })),
  };
}
