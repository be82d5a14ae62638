import { useState } from 'react';
import type { CallInput } from '../../../shared/contract/index.ts';
import type { Agent, AgentType } from '../../../shared/model/agent.ts';
import type { ProjectFindings } from '../../../shared/model/project-file.ts';
import type { Project } from '../../../shared/model/project.ts';
import { useClient, useSnapshot } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';
import { type Base, type OptionsEditor, useBase, useOptions } from '../options/use-options.ts';
import { rememberAgent, rememberedAgent } from './remembered-agent.ts';
import { useArrival } from './use-arrival.ts';
import { type Findings, useFindings } from './use-findings.ts';

export type CreateForm = {
  readonly agent: Agent | undefined;
  readonly setAgent: (agent: AgentType) => void;
  readonly name: string;
  readonly setName: (name: string) => void;
  readonly base: Base;
  readonly editor: OptionsEditor;
  readonly findings: Findings;
  readonly detected: ProjectFindings['detected'];
  /** Detected presets that are not wanted. */
  readonly without: ReadonlySet<string>;
  readonly toggle: (preset: string) => void;
  readonly invalid: boolean;
  readonly busy: boolean;
  readonly error: unknown;
  /** The key lives in its input alone, and leaves it when it is sent. */
  readonly submit: (key: HTMLInputElement | null) => void;
};

const nothing = {} as const;

/** What the sheet of a new workspace holds. The agent: picked, else the trusted file's, else that of last time. */
export function useCreateForm(project: Project): CreateForm {
  const { projectId } = project;
  const agents = useSnapshot((snapshot) => snapshot.agents);
  const [picked, setAgent] = useState<AgentType | null>(null);
  const [name, setName] = useState('');
  const [without, setWithout] = useState<ReadonlySet<string>>(new Set());
  const findings = useFindings(projectId);
  const asked = findings.found?.files.find((file) => file.trusted)?.asks.agent;
  const type = picked ?? asked ?? rememberedAgent(agents);
  const base = useBase(projectId, type);
  const { create, busy, error } = useCreation(projectId);
  const editor = useOptions(nothing, base.resolved, error);
  const detected = findings.found?.detected ?? [];
  const invalid = Object.keys(editor.problems).length > 0;
  return {
    agent: agents.find((item) => item.agent === type),
    setAgent,
    name,
    setName,
    base,
    editor,
    findings,
    detected,
    without,
    toggle: (preset) => setWithout((last) => (last.has(preset) ? new Set([...last].filter((item) => item !== preset)) : new Set([...last, preset]))),
    invalid,
    busy,
    error,
    submit(key) {
      if (invalid) return;
      const wanted = detected.filter((item) => !without.has(item.preset)).flatMap((item) => item.domains);
      // A list replaces that of a weaker layer as a whole, so it holds that too.
      const domains = [...new Set([...(editor.options.domains ?? base.resolved?.options.domains ?? []), ...wanted])];
      const named = name.trim() === '' ? {} : { name: name.trim() };
      void create({ projectId, agent: type, ...editor.options, ...(wanted.length > 0 ? { domains } : {}), ...named }, key);
    },
  };
}

/** Sends the request, and goes on to its progress as soon as the workspace shows up in the live state. */
function useCreation(projectId: string) {
  const client = useClient();
  const action = useAction();
  const expect = useArrival(projectId);
  async function create(request: CallInput<'workspaces.create'>, key: HTMLInputElement | null): Promise<void> {
    await action.run(async () => {
      rememberAgent(request.agent);
      const apiKey = key?.value.trim();
      if (key && apiKey) {
        await client.call('agents.setKey', { agent: request.agent, apiKey });
        key.value = '';
      }
      expect();
      await client.call('workspaces.create', request);
    });
  }
  return { create, busy: action.busy, error: action.error };
}
