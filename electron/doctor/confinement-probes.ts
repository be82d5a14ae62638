import { readFile } from 'node:fs/promises';
import { AppError } from '../../shared/errors.ts';
import type { Engine } from '../engine/types.ts';
import type { SettingsStore } from '../settings/settings.ts';
import type { Probe } from './types.ts';

export type ConfinementProbesOptions = {
  readonly engine: Pick<Engine, 'state'>;
  readonly settings: Pick<SettingsStore, 'get'>;
  /** Throws why the seccomp profile at this path cannot be used. */
  readonly composeSeccomp: (path: string) => unknown;
};

/** What the host itself adds to a workspace's wall, or takes from it. */
export function listConfinementProbes(options: ConfinementProbesOptions): readonly Probe[] {
  return [seccompProbe(options), multicastProbe(options)];
}

function seccompProbe({ settings, composeSeccomp }: ConfinementProbesOptions): Probe {
  return {
    ...{ id: 'seccomp', group: 'engine', title: 'System calls' },
    async look() {
      const path = settings.get().seccompProfile;
      if (path === '') return { state: 'ok', found: "Agents may make those of Forgehold's profile" };
      try {
        composeSeccomp(path);
        return { state: 'ok', found: 'A stricter profile is in use', facts: { path } };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return { state: 'bad', found: 'The profile cannot be used', why: `${error.message} Until then no workspace starts.`, facts: { path } };
      }
    },
  };
}

/** A bridge without an address takes in multicast only where the kernel does not check where packets come from (ip-sysctl, rp_filter). */
function multicastProbe({ engine }: ConfinementProbesOptions): Probe {
  return {
    ...{ id: 'multicast', group: 'engine', title: 'Multicast' },
    async look() {
      const state = engine.state();
      const values = await Promise.all(['all', 'default'].map(readFilter));
      const isHere = state.kind !== 'connected' || state.endpoint.startsWith('unix://');
      if (!isHere || values.includes(null)) return { state: 'ok', found: "Not looked at: the engine's kernel is not this computer's" };
      const facts = { all: values[0]!, default: values[1]! };
      if (values.some((value) => value !== '0')) return { state: 'ok', found: 'Programs here do not hear that of workspaces', facts };
      return {
        ...{ state: 'warn', facts, found: 'Programs here can hear that of workspaces' },
        why: 'A program of this computer that listens for UDP on all addresses hears what an agent sends to 224.0.0.1; it cannot answer. Have the kernel check where packets come from: sudo sysctl -w net.ipv4.conf.all.rp_filter=2',
      };
    },
  };
}

/** Null where there is no such thing. */
async function readFilter(name: string): Promise<string | null> {
  try {
    return (await readFile(`/proc/sys/net/ipv4/conf/${name}/rp_filter`, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
