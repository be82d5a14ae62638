import { type KeyboardEvent, type ReactNode, useDeferredValue, useState } from 'react';
import type { Rule } from '../../../shared/model/domain.ts';
import { usePlainKeys } from '../../lib/keys.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { problemText } from '../../ui/problem.tsx';
import { Seg } from '../../ui/seg.tsx';
import { FeedList } from './feed-list.tsx';
import { useDecisions } from './use-decisions.ts';
import styles from './feed.module.css';

type Props = {
  /** Null: of all workspaces. */
  readonly workspaceId: string | null;
  /** To name the rule that decided, and to go there. */
  readonly rules?: readonly Rule[] | undefined;
  readonly onShowRule?: (id: string) => void;
  /** The name of a workspace, where there are several. */
  readonly nameOf?: (workspaceId: string) => string;
  /** What holds for all of it, in the head. */
  readonly note?: string | undefined;
};

/** Every decision of the gateway as it falls. */
export function LiveFeed({ workspaceId, rules, onShowRule, nameOf, note }: Props): ReactNode {
  const [show, setShow] = useState<'all' | 'blocked'>('all');
  const [text, setText] = useState('');
  const [quiet, setQuiet] = useState(false);
  const [paused, setPaused] = useState(false);
  const search = useDeferredValue(text);
  const blocked = show === 'blocked';
  const feed = useDecisions(workspaceId, { blocked, search, quiet }, paused);
  const { decisions } = feed;
  usePlainKeys({ ' ': () => setPaused(!paused) });
  return (
    <aside className={`aside ${styles.feed}`} aria-label="Live decisions" data-region="live">
      <div className="head">
        <h2 className="med">Live</h2>
        <Told waiting={paused ? feed.waiting : 0} note={note} count={decisions.length} />
        <span className="end" />
        <Seg
          label="Show"
          value={show}
          onChange={setShow}
          options={[
            { value: 'all', label: 'All' },
            { value: 'blocked', label: 'Blocked' },
          ]}
        />
        <Button
          look="quiet"
          small
          icon={paused ? 'play' : 'pause'}
          aria-pressed={paused}
          title={paused ? 'Go on' : 'Pause'}
          hint="Space"
          onClick={() => setPaused(!paused)}
        />
      </div>
      <FeedTools text={text} onText={setText} quiet={quiet} onQuiet={setQuiet} />
      {feed.error ? <p className={`bad selectable ${styles.empty}`}>{problemText(feed.error)}</p> : null}
      {decisions.length > 0 ? (
        <FeedList decisions={decisions} rules={rules ?? []} onShowRule={onShowRule} nameOf={nameOf} onPause={() => setPaused(!paused)} />
      ) : feed.known && !feed.error ? (
        <p className={styles.empty}>{emptyWords(blocked, search.trim())}</p>
      ) : null}
    </aside>
  );
}

function emptyWords(blocked: boolean, search: string): string {
  if (search !== '') return `Nothing that was ${blocked ? 'blocked' : 'tried'} has “${search}” in its name, program or worktree.`;
  return blocked ? 'Nothing was blocked.' : 'Nothing has tried to get out yet. Each connection shows here as it is made.';
}

function Told({ waiting, note, count }: { readonly waiting: number; readonly note: string | undefined; readonly count: number }): ReactNode {
  if (waiting > 0)
    return (
      <span className="acc num sm" role="status">
        {waiting.toLocaleString('en')} new
      </span>
    );
  if (note) return <span className="faint wide cut">{note}</span>;
  return <span className="faint num wide cut">{count > 0 ? `last ${count.toLocaleString('en')}` : ''}</span>;
}

type ToolsProps = {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly quiet: boolean;
  readonly onQuiet: (quiet: boolean) => void;
};

function FeedTools({ text, onText, quiet, onQuiet }: ToolsProps): ReactNode {
  function keys(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.key === 'Escape') onText('');
    else if (event.key === 'ArrowDown' || event.key === 'Enter') document.querySelector<HTMLElement>('[data-feed]')?.focus();
    else return;
    event.preventDefault();
  }
  return (
    <div className={styles.tools}>
      <label className="field grow">
        <Icon name="search" />
        <span className="sr">Search decisions</span>
        <input value={text} placeholder="Host, program or worktree" spellCheck={false} onChange={(event) => onText(event.target.value)} onKeyDown={keys} />
      </label>
      <button type="button" className="chip" aria-pressed={quiet} title="What deny rules refuse silently" onClick={() => onQuiet(!quiet)}>
        {quiet ? <Icon name="check" /> : null}
        Silent
      </button>
    </div>
  );
}
