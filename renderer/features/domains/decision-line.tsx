import { type ReactNode, memo } from 'react';
import { formatBytesFinely } from '../../../shared/format-bytes.ts';
import { formatClock } from '../../../shared/format.ts';
import type { Decision, Rule } from '../../../shared/model/domain.ts';
import { describeDecision } from '../../../shared/rule-words.ts';
import { Host } from '../../ui/host.tsx';
import { Icon } from '../../ui/icon.tsx';
import styles from './feed.module.css';

const protocols = { tls: 'HTTPS', http: 'HTTP', tcp: 'TCP', other: 'TCP' } as const satisfies Record<Decision['protocol'], string>;

type Props = {
  readonly id: string;
  readonly decision: Decision;
  readonly rule: Rule | undefined;
  /** Which workspace, where there are several. */
  readonly place: string | undefined;
  readonly selected: boolean;
  readonly onChoose: () => void;
  readonly onOpen: () => void;
};

function isSame(before: Props, now: Props): boolean {
  return before.decision === now.decision && before.selected === now.selected && before.rule === now.rule && before.place === now.place;
}

/** One connection: where to, who asked (as the container reports), and why it was let out or not. */
export const DecisionLine = memo(function DecisionLine({ id, decision, rule, place, selected, onChoose, onOpen }: Props): ReactNode {
  const { host, port, protocol, verdict, bytesUp, bytesDown, program, worktree, time } = decision;
  const blocked = verdict === 'blocked';
  const bytes = bytesUp === undefined && bytesDown === undefined ? null : (bytesUp ?? 0) + (bytesDown ?? 0);
  const who = [program, worktree, place].filter(Boolean).join(', ');
  const why = describeDecision(decision, rule);
  return (
    <li
      id={id}
      role="option"
      className={`item ${styles.ev}`}
      aria-selected={selected}
      data-verdict={verdict}
      title={[`${host}:${port}`, who && `${who} (as the container reports)`, why].filter(Boolean).join('\n')}
      onClick={onChoose}
      onDoubleClick={blocked ? onOpen : undefined}
    >
      <Icon name={blocked ? 'block' : 'check'} tone={blocked ? 'bad' : 'faint'} />
      <span className={styles.what}>
        <Host host={host} port={port} />
        <span className={`sub ${styles.facts}`}>
          <span className="sr">{verdict}: </span>
          <span className="cut">
            <bdi>{who || protocols[protocol]}</bdi>
          </span>
          {why ? <span className={`cut ${blocked ? 'bad' : ''}`}>{why}</span> : null}
        </span>
      </span>
      {blocked && selected ? (
        // The keyboard has A for it; an option holds no button.
        <span className="btn small" aria-hidden="true" onClick={onOpen}>
          Answer… <kbd>A</kbd>
        </span>
      ) : (
        <span className={styles.when}>
          <span>{bytes === null ? '' : formatBytesFinely(bytes)}</span>
          <span>{formatClock(time)}</span>
        </span>
      )}
    </li>
  );
}, isSame);
