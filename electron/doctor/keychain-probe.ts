import { assertNever } from '../../shared/errors.ts';
import type { KeychainState } from '../../shared/model/keychain.ts';
import type { AgentRegistry, Vault } from '../agents/types.ts';
import type { Finding, Probe } from './types.ts';

export type KeychainProbeOptions = {
  readonly registry: Pick<AgentRegistry, 'list'>;
  readonly vault: Pick<Vault, 'look' | 'unlock'>;
};

const unlockFix = 'keychain/unlock';

/** Whether API keys outlive Forgehold. A look opens no dialog; the fix of a locked keychain does. */
export function keychainProbe({ registry, vault }: KeychainProbeOptions): Probe {
  return {
    id: 'keychain',
    group: 'forgehold',
    title: 'Keychain',
    look: async () => judge(await vault.look(), registry),
    fixes: { [unlockFix]: async () => void (await vault.unlock()) },
  };
}

function judge(state: KeychainState, registry: KeychainProbeOptions['registry']): Finding {
  const agents = registry.list();
  const count = (...kept: readonly (string | undefined)[]): number => agents.filter(({ keyKept }) => kept.includes(keyKept)).length;
  const inMemory = count('memory');
  const facts = {
    keychain: state.kind,
    'in the keychain': String(count('keychain')),
    'in memory': String(inMemory),
    'from the environment': String(count('environment')),
    'not read': String(count('unread', 'unreadable')),
  };
  const why = state.why ?? '';
  switch (state.kind) {
    case 'kept': {
      const unreadable = agents.filter(({ keyKept }) => keyKept === 'unreadable').map(({ title }) => title);
      if (unreadable.length === 0) return { state: 'ok', found: `Keys are kept in ${state.title}`, facts };
      const remedy = 'What the keychain has under their name is no key. It stays there until you set the key again.';
      return { state: 'warn', found: `The key of ${unreadable.join(' and ')} cannot be read`, why: remedy, facts };
    }
    case 'locked':
      return { state: 'warn', found: `${state.title} is locked`, why, facts, fix: { id: unlockFix, label: 'Unlock' } };
    case 'asking':
      return { state: 'warn', found: `${state.title} waits for you`, why, facts, fix: { id: unlockFix, label: 'Ask again' } };
    case 'absent': {
      const found = 'No keychain: keys live in memory until Forgehold ends';
      return { state: inMemory > 0 ? 'warn' : 'ok', found, why, facts };
    }
    case 'off':
      return { state: 'ok', found: 'Keys live in memory until Forgehold ends, as you asked', facts };
    case 'looking':
      return { state: 'warn', found: 'Not known yet', why: 'The keychain has not answered so far. Check again.', facts };
    default:
      return assertNever(state.kind);
  }
}
