import { AppError } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';
import type { Services } from './handlers.ts';
import type { Core } from './types.ts';

/** The contract's calls on agent types. */
export function agentCalls({ registry, vault, definitions, imports, workspaces }: Services) {
  return {
    'agents.list': () => [...registry.list()],
    'agents.setKey': async ({ agent, name, apiKey }) => {
      const { keyNames, title } = registry.definition(agent);
      if (name !== undefined && !keyNames.includes(name))
        throw new AppError('agents/key-name', `${title} knows no key ${name}. It knows: ${keyNames.join(', ') || 'none'}.`, { details: { agent, name } });
      vault.set({ agent }, apiKey === null ? null : new Secret(apiKey), name);
      const keychain = await vault.settled();
      const kept = vault.kept(agent);
      return { keychain, ...(kept !== undefined && { kept }) };
    },
    'agents.define': async (data, { signal }) => {
      await definitions.define(data, signal);
      const found = registry.list().find(({ agent }) => agent === data.agent);
      if (found) return found;
      throw new AppError('agents/unknown', `The agent type "${data.agent}" was taken away again.`, { details: { agent: data.agent } });
    },
    'agents.definitions': () => [...definitions.all()],
    'agents.imports': ({ agent }) => imports(agent),
    'agents.forget': ({ agent }) => {
      const names = workspaces.list().flatMap((workspace) => (workspace.agent === agent ? [workspace.name] : []));
      definitions.forget(agent, names);
      vault.set({ agent }, null);
      return {};
    },
    // A look each time would start a process for every screen that is open; where all is well it would tell nothing new.
    'keys.keychain': () => (vault.keychain().kind === 'kept' ? vault.keychain() : vault.look()),
    'keys.unlock': () => vault.unlock(),
    'keys.forgetAll': () => vault.forgetAll(),
  } satisfies Partial<Core['calls']>;
}
