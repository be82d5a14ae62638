import type { CallInput } from '../../../shared/contract/index.ts';
import { type AgentType, agentTypeSchema } from '../../../shared/model/agent.ts';
import { type NetworkMode, environmentSchema } from '../../../shared/model/workspace.ts';

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
  /** `NAME=value` lines, as typed. */
  readonly environment: string;
};

export const emptyForm: Form = {
  agent: 'claude-code',
  mode: 'restricted',
  name: '',
  cpus: '',
  memory: '',
  model: '',
  skipPermissions: false,
  environment: '',
};

export type FormProblems = { readonly cpus?: string; readonly memory?: string; readonly environment?: string };

function readNumber(text: string): number | null {
  return text.trim() === '' ? null : Number(text.trim().replace(',', '.'));
}

type Variable = { readonly name: string; readonly value: string; /** Counted from 1. */ readonly line: number };

/** `NAME=value` lines; empty ones are skipped. A value is all that follows the first equals sign, quotes and spaces too. */
function readVariables(text: string): readonly Variable[] {
  return text.split(/\r?\n/).flatMap((written, index) => {
    if (written.trim() === '') return [];
    const at = written.indexOf('=');
    return [{ name: (at < 0 ? written : written.slice(0, at)).trim(), value: at < 0 ? '' : written.slice(at + 1), line: index + 1 }];
  });
}

function checkEnvironment(text: string): string | null {
  const seen = new Set<string>();
  for (const { name, value, line } of readVariables(text)) {
    const wrong = environmentSchema.safeParse({ [name]: value }).error?.issues[0];
    const cause = seen.has(name) ? `${name} is there twice.` : wrong?.code === 'invalid_key' ? wrong.issues[0]?.message : wrong?.message;
    if (cause !== undefined) return `Line ${line}: ${cause}`;
    seen.add(name);
  }
  return null;
}

export function checkForm(form: Form): FormProblems {
  const cpus = readNumber(form.cpus);
  const memory = readNumber(form.memory);
  const environment = checkEnvironment(form.environment);
  return {
    ...(environment === null ? {} : { environment }),
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
  const env = Object.fromEntries(readVariables(form.environment).map((variable) => [variable.name, variable.value]));
  return {
    projectId,
    agent: form.agent,
    mode: form.mode,
    skipPermissions: form.agent !== 'shell' && form.skipPermissions,
    ...(name === '' ? {} : { name }),
    ...(cpus === null ? {} : { cpus }),
    ...(memory === null ? {} : { memoryMb: Math.round(memory * 1024) }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
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
