import { AppError } from '../../shared/errors.ts';
import type { AgentType } from '../../shared/model/agent.ts';
import { claudeCode } from './claude-code.ts';
import { codex } from './codex.ts';
import { shell } from './shell.ts';
import type { AgentDefinition, AgentRegistry, Tools, Vault } from './types.ts';

const builtIn: readonly AgentDefinition[] = [claudeCode, codex, shell];

/** Names of the variables that hold an agent's key, for the vault. */
export const keyNames: Readonly<Record<AgentType, readonly string[]>> = Object.fromEntries(
  builtIn.map((definition) => [definition.agent, definition.keyNames]),
);

export type RegistryOptions = {
  readonly tools: Pick<Tools, 'version' | 'installed'>;
  readonly vault: Pick<Vault, 'all' | 'kept'>;
  /** Agent types that the user added; absent: none. */
  readonly added?: () => readonly AgentDefinition[];
};

export function createAgentRegistry({ tools, vault, added = () => [] }: RegistryOptions): AgentRegistry {
  const all = (): readonly AgentDefinition[] => [...builtIn, ...added()];
  const find = (agent: AgentType): AgentDefinition | undefined => all().find((definition) => definition.agent === agent);
  return {
    definition(agent) {
      const found = find(agent);
      if (found) return found;
      throw new AppError('agents/unknown', `There is no agent type "${agent}". Add it, or choose another; what exists of it can still be removed.`, {
        details: { agent },
      });
    },
    all,
    title: (agent) => find(agent)?.title ?? agent,
    list: () =>
      all().map(({ agent, title, keyNames: known, domains }) => {
        const [keyName] = known;
        const version = tools.version(agent);
        const keyKept = vault.kept(agent);
        return {
          agent,
          title,
          ...(version !== undefined && { version }),
          installed: tools.installed(agent),
          ...(keyName !== undefined && { keyName, keyNames: [...known] }),
          keyPresent: vault.all({ agent }).size > 0,
          ...(keyKept !== undefined && { keyKept }),
          domains: [...domains],
        };
      }),
  };
}
