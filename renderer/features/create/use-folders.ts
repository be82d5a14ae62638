import { useEffect, useState } from 'react';
import type { CallOutput } from '../../../shared/contract/index.ts';
import { useClient } from '../../lib/core.tsx';

export type Listing = CallOutput<'projects.browse'>;
export type Folders = {
  readonly listing: Listing | null;
  /** The folder that `listing` was asked for; null is the home folder. */
  readonly of: string | null;
  readonly error: unknown;
  readonly loading: boolean;
};

/** A pause in typing before the host is asked. Milliseconds. */
const pause = 120;

/** The folders in a folder of the host; null asks for the home folder. While it is read the last known stay. */
export function useFolders(folder: string | null): Folders {
  const client = useClient();
  const [state, setState] = useState<Folders>({ listing: null, of: null, error: null, loading: true });
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(
      () => {
        setState((last) => ({ ...last, loading: true }));
        client.call('projects.browse', folder === null ? {} : { path: folder }, { signal: stop.signal }).then(
          (listing) => !stop.signal.aborted && setState({ listing, of: folder, error: null, loading: false }),
          (error: unknown) => !stop.signal.aborted && setState((last) => ({ ...last, error, loading: false })),
        );
      },
      folder === null ? 0 : pause,
    );
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [client, folder]);
  return state;
}
