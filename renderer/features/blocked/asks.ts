import { create } from 'zustand';
import type { Blocked } from '../../../shared/model/domain.ts';
import { useSnapshot } from '../../lib/core.tsx';

/** A card asks for so long, then folds into the shield's tag. Milliseconds. */
export const askTime = 60_000;
/** More names than this within so many milliseconds are one card that leads to the list. */
const burst = { names: 5, within: 10_000 } as const;

type Asks = {
  /** When this page first showed a name, by workspace and name. Epoch milliseconds. */
  readonly seen: Readonly<Record<string, number>>;
  /** Workspaces whose folded names the user wants to see again, since when. */
  readonly reopened: Readonly<Record<string, boolean>>;
};

const useAsks = create<Asks>(() => ({ seen: {}, reopened: {} }));

export type BlockedNames = { /** The newest of them, newest first. */ readonly hosts: readonly Blocked[]; readonly total: number };

const none: BlockedNames = { hosts: [], total: 0 };

/** The names of a workspace that were blocked and not yet answered. */
export function useBlocked(workspaceId: string): BlockedNames {
  return useSnapshot((snapshot) => snapshot.blocked.find((item) => item.workspaceId === workspaceId) ?? none);
}

/** Whether so many names were new at once that nobody wants to be asked for each. */
export function isBurst(asks: readonly { readonly blocked: Pick<Blocked, 'firstAt'> }[]): boolean {
  const times = asks.map(({ blocked }) => Date.parse(blocked.firstAt)).sort((a, b) => a - b);
  return times.some((time, at) => (times[at + burst.names] ?? Infinity) - time <= burst.within);
}

function askKey(workspaceId: string, blocked: Blocked): string {
  return `${workspaceId} ${blocked.host}:${blocked.port} ${blocked.firstAt}`;
}

/** When the name began to ask: now for what is new, its own time for what is older than an ask lasts, so that a reload does not ask again. */
export function beginsAt(blocked: Pick<Blocked, 'firstAt'>, now: number): number {
  const first = Date.parse(blocked.firstAt);
  return now - first > askTime ? first : now;
}

export function noteSeen(workspaceId: string, hosts: readonly Blocked[], now: number): void {
  const { seen } = useAsks.getState();
  const fresh = hosts.filter((host) => seen[askKey(workspaceId, host)] === undefined);
  if (fresh.length === 0) return;
  useAsks.setState({ seen: { ...seen, ...Object.fromEntries(fresh.map((host) => [askKey(workspaceId, host), beginsAt(host, now)])) } });
}

export function reopenAsks(workspaceId: string): void {
  useAsks.setState(({ reopened }) => ({ reopened: { ...reopened, [workspaceId]: true } }));
}

export function foldAsks(workspaceId: string): void {
  useAsks.setState(({ reopened, seen }) => ({
    reopened: { ...reopened, [workspaceId]: false },
    seen: Object.fromEntries(Object.entries(seen).map(([key, at]) => [key, key.startsWith(`${workspaceId} `) ? 0 : at])),
  }));
}

export type Ask = { readonly blocked: Blocked; /** Milliseconds; null when it does not fold by itself. */ readonly left: number | null };

/** The names that ask at `now`, oldest first. */
export function useOpenAsks(workspaceId: string, hosts: readonly Blocked[], now: number): readonly Ask[] {
  const seen = useAsks((state) => state.seen);
  const reopened = useAsks((state) => state.reopened[workspaceId] ?? false);
  if (reopened) return hosts.map((blocked) => ({ blocked, left: null }));
  return hosts.map((blocked) => ({ blocked, left: (seen[askKey(workspaceId, blocked)] ?? now) + askTime - now })).filter((ask) => ask.left > 0);
}
