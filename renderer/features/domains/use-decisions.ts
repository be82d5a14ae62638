import { useEffect, useRef, useState } from 'react';
import type { Decision } from '../../../shared/model/domain.ts';
import { useClient, useLive } from '../../lib/core.tsx';
import { mergeDecisions } from './decisions.ts';

export type Feed = { readonly decisions: readonly Decision[]; readonly known: boolean; readonly error: unknown };

const emptyFeed: Feed = { decisions: [], known: false, error: null };

/** The decisions of a workspace, newest first, live. While paused nothing moves; what came meanwhile follows. */
export function useDecisions(workspaceId: string, paused: boolean): Feed {
  const client = useClient();
  const live = useLive((state) => (state.status.kind === 'live' ? state.status.generation : null));
  const [feed, setFeed] = useState<Feed>(emptyFeed);
  const waiting = useRef<Decision[]>([]);
  const held = useRef(paused);
  held.current = paused;
  useEffect(() => {
    if (live === null) return;
    let current = true;
    let frame = 0;
    function flush(): void {
      frame = 0;
      if (held.current || waiting.current.length === 0) return;
      const more = waiting.current.splice(0);
      setFeed((last) => ({ ...last, decisions: mergeDecisions(last.decisions, more) }));
    }
    const stop = client.on('domains.decided', (decision) => {
      if (decision.workspaceId !== workspaceId) return;
      waiting.current.push(decision);
      frame ||= requestAnimationFrame(flush);
    });
    const timer = setInterval(flush, 500);
    client.call('domains.decisions', { workspaceId }).then(
      (older) => current && setFeed((last) => ({ decisions: mergeDecisions(older, last.decisions), known: true, error: null })),
      (error: unknown) => current && setFeed((last) => ({ ...last, known: true, error })),
    );
    return () => {
      current = false;
      stop();
      clearInterval(timer);
      cancelAnimationFrame(frame);
    };
  }, [client, live, workspaceId]);
  return feed;
}
