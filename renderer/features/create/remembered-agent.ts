import type { Agent, AgentType } from '../../../shared/model/agent.ts';

const kept = 'create:agent';

/** The agent chosen last time, while there still is such a one; else the first. */
export function rememberedAgent(agents: readonly Agent[]): AgentType {
  const last = localStorage.getItem(kept);
  return (agents.find((item) => item.agent === last) ?? agents[0])?.agent ?? 'claude-code';
}

export function rememberAgent(agent: AgentType): void {
  localStorage.setItem(kept, agent);
}
