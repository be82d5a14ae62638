import { createEmitter, type Dispose, type Listener } from '../../shared/disposable.ts';
import type { AgentType } from '../../shared/model/agent.ts';
import { Secret } from '../../shared/secret.ts';
import type { KeyOwner, Vault } from '../agents/types.ts';

export type VaultOptions = {
  /** The environment the core was started with: keys found there are taken over, and removed from it so that no child inherits them. */
  readonly environment: Record<string, string | undefined>;
  /** Names of the variables that hold a key, by agent type; the first that is set wins. */
  readonly keyNames: Readonly<Partial<Record<AgentType, readonly string[]>>>;
};

/** Keys in memory, for the life of the core: never on disk, never in a snapshot. */
class MemoryVault implements Vault {
  readonly #keys = new Map<string, Secret<string>>();
  readonly #changes = createEmitter<KeyOwner>();

  set(owner: KeyOwner, key: Secret<string> | null): void {
    const name = nameOf(owner);
    if (key === null) {
      if (!this.#keys.delete(name)) return;
    } else {
      if (this.#keys.get(name)?.expose() === key.expose()) return;
      this.#keys.set(name, key);
    }
    this.#changes.emit(owner);
  }

  get(owner: KeyOwner): Secret<string> | null {
    return this.#keys.get(nameOf(owner)) ?? this.#keys.get(nameOf({ agent: owner.agent })) ?? null;
  }

  onChange(listener: Listener<KeyOwner>): Dispose {
    return this.#changes.on(listener);
  }
}

function nameOf(owner: KeyOwner): string {
  return `${owner.agent} ${owner.workspaceId ?? ''}`;
}

export function createVault(options: VaultOptions): Vault {
  const vault = new MemoryVault();
  for (const [agent, names] of Object.entries(options.keyNames) as [AgentType, readonly string[]][]) {
    for (const name of names.toReversed()) {
      const value = options.environment[name]?.trim();
      delete options.environment[name];
      if (value) vault.set({ agent }, new Secret(value));
    }
  }
  return vault;
}
