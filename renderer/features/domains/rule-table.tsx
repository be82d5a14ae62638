import { type KeyboardEvent, type ReactNode, useState } from 'react';
import type { Rule } from '../../../shared/model/domain.ts';
import type { NetworkMode } from '../../../shared/model/workspace.ts';
import { formatAgo } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Switch } from '../../ui/switch.tsx';
import type { Rules } from './use-rules.ts';
import styles from './domains.module.css';

type Props = { readonly rules: readonly Rule[]; readonly actions: Rules; readonly mode: NetworkMode };

const from = { agent: 'Agent', user: 'You', preset: 'Preset' } as const satisfies Record<Rule['addedBy'], string>;

/** The list. ↑↓ move, ⌫ removes. In the other modes it is kept, and waits. */
export function RuleTable({ rules, actions, mode }: Props): ReactNode {
  const [selected, setSelected] = useState('');
  const current = rules.find((rule) => rule.pattern === selected) ?? rules[0];
  function keys(event: KeyboardEvent<HTMLTableElement>): void {
    if (!(event.target instanceof HTMLTableRowElement) || !current) return;
    const at = rules.indexOf(current);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step)
      event.currentTarget.querySelectorAll('tbody tr')[Math.max(0, Math.min(rules.length - 1, at + step))]?.querySelector<HTMLElement>(':scope')?.focus();
    else if (event.key === 'Backspace' || event.key === 'Delete') void actions.remove(current);
    else return;
    event.preventDefault();
  }
  return (
    <table className={styles.rules} role="grid" aria-label="Rules" data-region="rules" onKeyDown={keys}>
      <colgroup>
        <col className={styles.v} />
        <col />
        <col className={styles.p} />
        <col className={`${styles.b} wide`} />
        <col className={`${styles.l} wide`} />
        <col className={styles.x} />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">
            <span className="sr">Verdict</span>
          </th>
          <th scope="col">Domain</th>
          <th scope="col">Private addresses</th>
          <th scope="col" className="wide">
            From
          </th>
          <th scope="col" className="right wide">
            Added
          </th>
          <th scope="col">
            <span className="sr">Remove</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rules.map((rule) => (
          <RuleRow
            key={rule.pattern}
            rule={rule}
            actions={actions}
            holds={mode === 'restricted'}
            selected={rule === current}
            onSelect={() => setSelected(rule.pattern)}
          />
        ))}
      </tbody>
    </table>
  );
}

type RowProps = { readonly rule: Rule; readonly actions: Rules; readonly holds: boolean; readonly selected: boolean; readonly onSelect: () => void };

function RuleRow({ rule, actions, holds, selected, onSelect }: RowProps): ReactNode {
  const now = useNow(30_000);
  return (
    <tr tabIndex={selected ? 0 : -1} aria-selected={selected} data-rule={rule.pattern} onFocus={onSelect}>
      <td className={styles.v}>
        <Icon name="check" tone="faint" />
      </td>
      <td className={`mono host ${holds ? '' : 'faint'}`} title={holds ? rule.pattern : `${rule.pattern} waits: the mode is not Restricted`}>
        <bdi>{rule.pattern}</bdi>
      </td>
      <td className={styles.p}>
        <span className="row">
          <Switch label={`Private addresses for ${rule.pattern}`} on={rule.allowPrivate} onChange={(on) => void actions.add(rule.pattern, on)} />
          {rule.allowPrivate ? <span className="tag warn">private</span> : null}
        </span>
      </td>
      <td className="faint wide">{from[rule.addedBy]}</td>
      <td className="num right faint wide">{formatAgo(rule.addedAt, now)}</td>
      <td>
        <Button look="quiet" small icon="x" tabIndex={-1} title={`Remove ${rule.pattern}`} hint="⌫" onClick={() => void actions.remove(rule)} />
      </td>
    </tr>
  );
}
