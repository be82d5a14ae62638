import { useEffect, useState } from 'react';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { useClient, useLive } from '../../lib/core.tsx';
import type { LogRole } from '../../lib/route.ts';
import { LogBuffer, mostLines } from './log-buffer.ts';

export type Log = {
  readonly buffer: LogBuffer;
  /** Grows with each change of the buffer that is drawn. */
  readonly version: number;
  readonly state: 'reading' | 'following' | 'ended';
  readonly error: unknown;
  readonly clear: () => void;
};

type Seen = { readonly buffer: LogBuffer; readonly version: number; readonly state: Log['state']; readonly error: unknown };

/** Follows what a container of the workspace prints; begins anew when the container or the connection is another one. */
export function useLog(workspace: Workspace, role: LogRole): Log {
  const client = useClient();
  const generation = useLive((live) => (live.status.kind === 'live' ? live.status.generation : null));
  const { workspaceId } = workspace;
  const run = workspace.state.kind === 'running' ? workspace.state.since : workspace.state.kind;
  const [seen, setSeen] = useState<Seen>(() => ({ buffer: new LogBuffer(), version: 0, state: 'reading', error: null }));
  useEffect(() => {
    if (generation === null) return;
    const buffer = new LogBuffer();
    let frame = 0;
    let open = true;
    function show(state: Log['state'], error: unknown = null): void {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        if (open) setSeen(({ version }) => ({ buffer, version: version + 1, state, error }));
      });
    }
    const channel = client.open('workspaces.logs', { workspaceId, role, tail: mostLines, follow: true });
    channel.onData((bytes) => {
      buffer.append(bytes);
      show('following');
    });
    function end(error: unknown): void {
      buffer.finish();
      show('ended', error);
    }
    channel.closed.then(
      () => end(null),
      (error: unknown) => end(error),
    );
    // A log that has nothing yet is followed, too.
    const quiet = setTimeout(() => show('following'), 1_000);
    void channel.closed.catch(() => null).finally(() => clearTimeout(quiet));
    return () => {
      open = false;
      clearTimeout(quiet);
      cancelAnimationFrame(frame);
      channel.end();
    };
  }, [client, generation, workspaceId, role, run]);
  return {
    ...seen,
    clear: () => {
      seen.buffer.clear();
      setSeen((before) => ({ ...before, version: before.version + 1 }));
    },
  };
}
