import { useEffect, useRef, useState } from 'react';
import type { Decision } from '../../../shared/model/domain.ts';
import { useClient, useLive } from '../../lib/core.tsx';
import { type DecisionFilter, countNew, fitsFilter, mergeDecisions, mostDecisions } from './decisions.ts';

export type Feed = {
  readonly decisions: readonly Decision[];
  readonly known: boolean;
  readonly error: unknown;
  /** How many came while it stood still. */
  readonly waiting: number;
};

const emptyFeed: Feed = { decisions: [], known: false, error: null, waiting: 0 };
/** What came is shown so often at most: in the next frame, and where no frames are drawn after this. Milliseconds. */
const drawsAfter = 500;

/**
 * The decisions that fit, newest first, live; `workspaceId` null: of all workspaces. The core looks through all that it kept, this page
 * through what comes. While paused nothing moves; what came meanwhile is counted, and follows.
 */
export function useDecisions(workspaceId: string | null, filter: DecisionFilter, paused: boolean): Feed {
  const client = useClient();
  const live = useLive((state) => (state.status.kind === 'live' ? state.status.generation : null));
  const [feed, setFeed] = useState<Feed>(emptyFeed);
  const waiting = useRef<Decision[]>([]);
  const held = useRef(paused);
  held.current = paused;
  const { blocked, search, quiet } = filter;
  useEffect(() => {
    if (live === null) return;
    let current = true;
    let answered = false;
    let frame = 0;
    waiting.current = [];
    function flush(): void {
      frame = 0;
      if (!answered || waiting.current.length === 0) return;
      if (held.current) {
        // No more than the feed would show, however long it stands still.
        if (waiting.current.length > 2 * mostDecisions) waiting.current = [...mergeDecisions([], waiting.current)];
        return setFeed((last) => withWaiting(last, countNew(last.decisions, waiting.current)));
      }
      const more = waiting.current.splice(0);
      setFeed((last) => ({ ...last, decisions: mergeDecisions(last.decisions, more), waiting: 0 }));
    }
    const stop = client.on('domains.decided', (decision) => {
      if ((workspaceId !== null && decision.workspaceId !== workspaceId) || !fitsFilter(decision, { blocked, search, quiet })) return;
      waiting.current.push(decision);
      frame ||= requestAnimationFrame(flush);
    });
    const timer = setInterval(flush, drawsAfter);
    const query = { limit: mostDecisions, quiet, ...(workspaceId !== null && { workspaceId }), ...(blocked && { verdict: 'blocked' as const }) };
    client.call('domains.decisions', { ...query, ...(search.trim() !== '' && { search: search.trim() }) }).then(
      (older) => {
        if (!current) return;
        answered = true;
        // What came while the core looked may be missing from its answer.
        const decisions = mergeDecisions(mergeDecisions([], older), waiting.current.splice(0));
        setFeed({ decisions, known: true, error: null, waiting: 0 });
      },
      (error: unknown) => {
        answered = true;
        if (current) setFeed((last) => ({ ...last, known: true, error }));
      },
    );
    return () => {
      current = false;
      stop();
      clearInterval(timer);
      cancelAnimationFrame(frame);
    };
  }, [client, live, workspaceId, blocked, search, quiet]);
  return feed;
}

function withWaiting(feed: Feed, waiting: number): Feed {
  return feed.waiting === waiting ? feed : { ...feed, waiting };
}
