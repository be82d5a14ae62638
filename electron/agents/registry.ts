import type { AgentType } from '../../shared/model/agent.ts';
import { claudeCode } from './claude-code.ts';
import { codex } from './codex.ts';
import { shell } from './shell.ts';
import type { AgentDefinition, AgentRegistry, Tools, Vault } from './types.ts';

const definitions: Readonly<Record<AgentType, AgentDefinition>> = { 'claude-code': claudeCode, codex, shell };

/** Names of the variables that hold an agent's key, for the vault. */
export const keyNames: Readonly<Record<AgentType, readonly string[]>> = {
  'claude-code': claudeCode.keyNames,
  codex: codex.keyNames,
  shell: shell.keyNames,
};

export function createAgentRegistry({ tools, vault }: { readonly tools: Tools; readonly vault: Vault }): AgentRegistry {
  return {
    definition: (agent) => definitions[agent],
    list: () =>
      Object.values(definitions).map(({ agent, title, keyNames: [keyName], domains }) => {
        const version = tools.version(agent);
        return {
          agent,
          title,
          ...(version !== undefined && { version }),
          installed: tools.installed(agent),
          ...(keyName !== undefined && { keyName }),
          keyPresent: vault.get({ agent }) !== null,
          domains: [...domains],
        };
      }),
  };
}
