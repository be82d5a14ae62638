import { type ReactNode, createContext, useContext } from 'react';
import { createStore, useStore } from 'zustand';
import type { Client } from '../../shared/contract/client.ts';
import type { Link, LinkStatus } from '../../shared/contract/link.ts';
import { createProjection } from '../../shared/contract/projection.ts';
import type { Snapshot } from '../../shared/model/snapshot.ts';

/** What the core tells: the last known snapshot (null before the first), and whether it is current. */
export type Live = { readonly status: LinkStatus; readonly snapshot: Snapshot | null; readonly problem: unknown };

export type Core = { readonly client: Client; readonly link: Link; readonly live: ReturnType<typeof createLive> };

function createLive(link: Link) {
  const store = createStore<Live>()(() => ({ status: link.status(), snapshot: null, problem: null }));
  const projection = createProjection({
    fetch: () => link.client.call('app.snapshot', {}),
    publish: (snapshot) => store.setState({ snapshot, problem: null }),
    onError: (problem) => store.setState({ problem }),
  });
  link.client.on('app.changed', projection.receive);
  link.onStatus((status) => {
    store.setState({ status });
    if (status.kind === 'live') projection.refresh().catch((problem: unknown) => store.setState({ problem }));
  });
  return store;
}

export function createCore(link: Link): Core {
  return { client: link.client, link, live: createLive(link) };
}

const CoreContext = createContext<Core | null>(null);

export function CoreProvider({ core, children }: { readonly core: Core; readonly children: ReactNode }): ReactNode {
  return <CoreContext value={core}>{children}</CoreContext>;
}

export function useCore(): Core {
  const core = useContext(CoreContext);
  if (!core) throw new Error('CoreProvider is missing.');
  return core;
}

export function useClient(): Client {
  return useCore().client;
}

export function useLive<T>(select: (live: Live) => T): T {
  return useStore(useCore().live, select);
}

/** Selects from the last known snapshot; the screens below are shown only once there is one. `select` must give a stable reference. */
export function useSnapshot<T>(select: (snapshot: Snapshot) => T): T {
  return useLive((live) => {
    if (!live.snapshot) throw new Error('No snapshot yet.');
    return select(live.snapshot);
  });
}
