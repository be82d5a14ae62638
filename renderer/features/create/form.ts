import type { CallInput } from '../../../shared/contract/index.ts';
import { type AgentType, agentTypeSchema } from '../../../shared/model/agent.ts';
import type { NetworkMode } from '../../../shared/model/workspace.ts';

/** What the sheet holds, as typed. The API key is not among it: it stays in its input. */
export type Form = {
  readonly agent: AgentType;
  readonly mode: NetworkMode;
  readonly name: string;
  readonly cpus: string;
  /** GB, as typed. */
  readonly memory: string;
  readonly model: string;
  readonly skipPermissions: boolean;
};

export const emptyForm: Form = { agent: 'claude-code', mode: 'restricted', name: '', cpus: '', memory: '', model: '', skipPermissions: false };

export type FormProblems = { readonly cpus?: string; readonly memory?: string };

function readNumber(text: string): number | null {
  return text.trim() === '' ? null : Number(text.trim().replace(',', '.'));
}

export function checkForm(form: Form): FormProblems {
  const cpus = readNumber(form.cpus);
  const memory = readNumber(form.memory);
  return {
    ...(cpus !== null && !(cpus >= 0.1 && cpus <= 1024) ? { cpus: 'A number from 0.1 to 1024.' } : {}),
    ...(memory !== null && !(memory >= 0.25 && memory <= 4096) ? { memory: 'A number of GB from 0.25 to 4096.' } : {}),
  };
}

/** The request; what was left empty is left to the core. */
export function formRequest(projectId: string, form: Form): CallInput<'workspaces.create'> {
  const cpus = readNumber(form.cpus);
  const memory = readNumber(form.memory);
  const name = form.name.trim();
  const model = form.model.trim();
  return {
    projectId,
    agent: form.agent,
    mode: form.mode,
    skipPermissions: form.agent !== 'shell' && form.skipPermissions,
    ...(name === '' ? {} : { name }),
    ...(cpus === null ? {} : { cpus }),
    ...(memory === null ? {} : { memoryMb: Math.round(memory * 1024) }),
    ...(model === '' || form.agent === 'shell' ? {} : { model }),
  };
}

const agentKept = 'create:agent';

/** The agent chosen last time. */
export function rememberedAgent(): AgentType {
  return agentTypeSchema.safeParse(localStorage.getItem(agentKept)).data ?? emptyForm.agent;
}

export function rememberAgent(agent: AgentType): void {
  localStorage.setItem(agentKept, agent);
}
