import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef, useState } from 'react';
import type { Decision } from '../../../shared/model/domain.ts';
import { formatBytes, formatClock } from '../../lib/format.ts';
import { describeReason } from '../../lib/words.ts';
import { Button } from '../../ui/button.tsx';
import { Host } from '../../ui/host.tsx';
import { Icon } from '../../ui/icon.tsx';
import { problemText } from '../../ui/problem.tsx';
import { Seg } from '../../ui/seg.tsx';
import { useDecisions } from './use-decisions.ts';
import styles from './domains.module.css';

/** From so many rows on, only those in sight exist. */
const virtualFrom = 100;
const rowHeight = 44;

const protocols = { tls: 'HTTPS', http: 'HTTP', other: 'TCP' } as const satisfies Record<Decision['protocol'], string>;

/** Every decision of the gateway as it falls. */
export function LiveFeed({ workspaceId }: { readonly workspaceId: string }): ReactNode {
  const [show, setShow] = useState<'all' | 'blocked'>('all');
  const [paused, setPaused] = useState(false);
  const feed = useDecisions(workspaceId, paused);
  const blocked = feed.decisions.filter((decision) => decision.verdict === 'blocked');
  const shown = show === 'all' ? feed.decisions : blocked;
  return (
    <aside className={`aside ${styles.feed}`} aria-label="Live decisions" data-region="live">
      <div className="head">
        <h2 className="med">Live</h2>
        <span className="faint num wide">{feed.decisions.length > 0 ? `last ${feed.decisions.length.toLocaleString('en')}` : ''}</span>
        <span className="end" />
        <Seg
          label="Show"
          value={show}
          onChange={setShow}
          options={[
            { value: 'all', label: 'All' },
            { value: 'blocked', label: `Blocked ${blocked.length}` },
          ]}
        />
        <Button
          look="quiet"
          small
          icon={paused ? 'play' : 'pause'}
          aria-pressed={paused}
          title={paused ? 'Go on' : 'Pause'}
          onClick={() => setPaused(!paused)}
        />
      </div>
      {feed.error ? <p className={`bad selectable ${styles.feedEmpty}`}>{problemText(feed.error)}</p> : null}
      {shown.length > 0 ? (
        <FeedList decisions={shown} />
      ) : feed.known && !feed.error ? (
        <p className={styles.feedEmpty}>
          {show === 'all' ? 'Nothing has tried to get out yet. Each connection shows here as it is made.' : 'Nothing was blocked.'}
        </p>
      ) : null}
    </aside>
  );
}

function FeedList({ decisions }: { readonly decisions: readonly Decision[] }): ReactNode {
  const scroller = useRef<HTMLOListElement>(null);
  const many = decisions.length > virtualFrom;
  const virtual = useVirtualizer({
    count: decisions.length,
    enabled: many,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  const items = virtual.getVirtualItems();
  const from = many ? (items[0]?.index ?? 0) : 0;
  const to = many ? (items.at(-1)?.index ?? -1) + 1 : decisions.length;
  return (
    <ol ref={scroller} tabIndex={0} aria-label="Decisions, newest first">
      {from > 0 ? <li aria-hidden="true" style={{ height: from * rowHeight }} /> : null}
      {decisions.slice(from, to).map((decision) => (
        <DecisionLine key={decision.seq} decision={decision} />
      ))}
      {to < decisions.length ? <li aria-hidden="true" style={{ height: (decisions.length - to) * rowHeight }} /> : null}
    </ol>
  );
}

function DecisionLine({ decision }: { readonly decision: Decision }): ReactNode {
  const blocked = decision.verdict === 'blocked';
  const bytes = decision.bytesUp === undefined && decision.bytesDown === undefined ? null : (decision.bytesUp ?? 0) + (decision.bytesDown ?? 0);
  return (
    <li className={`item ${styles.ev}`} data-verdict={decision.verdict}>
      <Icon name={blocked ? 'block' : 'check'} tone={blocked ? 'bad' : 'faint'} />
      <span className={styles.what}>
        <Host host={decision.host} port={decision.port} />
        <span className={`sub cut ${blocked ? 'bad' : ''}`}>
          <span className="sr">{decision.verdict}: </span>
          {blocked || decision.reason !== 'rule' ? describeReason(decision.reason) : protocols[decision.protocol]}
        </span>
      </span>
      <span className={styles.when}>
        <span>{bytes === null ? '' : formatBytes(bytes)}</span>
        <span>{formatClock(decision.time)}</span>
      </span>
    </li>
  );
}
