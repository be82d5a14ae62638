import type { ReactNode } from 'react';
import { formatAgo } from '../../../shared/format.ts';
import type { Preset, Rule } from '../../../shared/model/domain.ts';
import { describeHold, describePorts, describeRequests, describeSource, scopeMeaning } from '../../../shared/rule-words.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu } from '../../ui/menu.tsx';
import styles from './domains.module.css';

type Props = {
  readonly rule: Rule;
  /** From 0. */
  readonly index: number;
  readonly now: number;
  readonly presets: readonly Preset[];
  readonly project: string | undefined;
  readonly waits: string | undefined;
  readonly selected: boolean;
  readonly onSelect: () => void;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
};

/** All of it, for where a column has no room. */
function explain(rule: Rule, waits: string | undefined): string {
  const holds = rule.verdict === 'deny' ? '' : (waits ?? '');
  return [rule.pattern, `Ports: ${describePorts(rule)}`, describeRequests(rule), rule.allowPrivate ? 'Private addresses too' : '', rule.note ?? '', holds]
    .filter(Boolean)
    .join('\n');
}

export function RuleRow({ rule, index, now, presets, project, waits, selected, onSelect, onEdit, onRemove }: Props): ReactNode {
  const denies = rule.verdict === 'deny';
  const requests = describeRequests(rule);
  return (
    <tr
      aria-rowindex={index + 2}
      aria-selected={selected}
      tabIndex={selected ? 0 : -1}
      data-rule={rule.pattern}
      onFocus={onSelect}
      onClick={onSelect}
      onDoubleClick={onEdit}
    >
      <td className={styles.v}>
        <Icon name={denies ? 'block' : 'check'} tone={denies ? 'bad' : 'faint'} />
        <span className="sr">{denies ? 'Denied' : 'Allowed'}</span>
      </td>
      <td title={explain(rule, waits)}>
        <span className={styles.domain}>
          <span className={`mono cut host ${waits && !denies ? 'faint' : ''}`}>
            <bdi>{rule.pattern}</bdi>
          </span>
          {rule.allowPrivate ? <span className="tag warn">private</span> : null}
          {rule.quiet ? <span className="tag">silent</span> : null}
          {requests ? <span className="tag">{requests}</span> : null}
          {rule.note ? (
            <span className={`faint sm cut ${styles.note}`}>
              <bdi>{rule.note}</bdi>
            </span>
          ) : null}
        </span>
      </td>
      {project === undefined ? null : <td className="dim">{project}</td>}
      <td className={`mono dim ${project === undefined ? '' : 'wide'}`}>{describePorts(rule)}</td>
      <td className="dim num" title={`${scopeMeaning[rule.scope]}.`}>
        {describeHold(rule, now)}
      </td>
      <td className="faint wide">{describeSource(rule, presets)}</td>
      <td className="num right dim">{(rule.hits ?? 0).toLocaleString('en')}</td>
      <td className="num right faint wide">{rule.lastHitAt === undefined ? 'never' : formatAgo(rule.lastHitAt, now)}</td>
      <td className={styles.x}>
        <Menu
          label={`Rule ${rule.pattern}`}
          trigger={<Button look="quiet" small icon="more" tabIndex={-1} title={`More of ${rule.pattern}`} />}
          entries={[
            { label: 'Change…', hint: '↵', onSelect: onEdit },
            { label: 'Remove', icon: 'x', hint: '⌫', danger: true, onSelect: onRemove },
          ]}
        />
      </td>
    </tr>
  );
}
