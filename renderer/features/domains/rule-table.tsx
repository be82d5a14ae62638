import type { ReactNode } from 'react';
import type { Preset, Rule } from '../../../shared/model/domain.ts';
import { useNow } from '../../lib/use-now.ts';
import { RuleRow } from './rule-row.tsx';
import { useRuleRows } from './use-rule-rows.ts';
import type { RuleList } from './use-rules.ts';
import styles from './domains.module.css';

type Props = {
  /** In the order they are shown. */
  readonly rules: readonly Rule[];
  readonly list: RuleList;
  readonly presets: readonly Preset[];
  /** Whose rule it is: a column of its own on the page of all projects. */
  readonly projectOf?: (rule: Rule) => string;
  /** Why an allow rule waits, while the mode is not restricted. */
  readonly waits?: string | undefined;
  readonly onEdit: (rule: Rule) => void;
};

/** The list, a grid of one row a rule. ↑↓ move, ↵ changes, ⌫ removes. */
export function RuleTable({ rules, list, presets, projectOf, waits, onEdit }: Props): ReactNode {
  const now = useNow(15_000);
  const { scroller, current, lines, remove, keys } = useRuleRows(rules, list, onEdit);
  const columns = projectOf ? 9 : 8;
  return (
    <div className={styles.scroll} ref={scroller} data-region="rules">
      <table className={styles.rules} role="grid" aria-label="Rules" aria-rowcount={rules.length + 1} onKeyDown={keys}>
        <Head withProject={projectOf !== undefined} />
        <tbody>
          {lines.before > 0 ? <Space height={lines.before} columns={columns} /> : null}
          {lines.shown.map((index) => {
            const rule = rules[index];
            if (!rule) return null;
            return (
              <RuleRow
                key={rule.id}
                rule={rule}
                index={index}
                now={now}
                presets={presets}
                project={projectOf?.(rule)}
                waits={waits}
                selected={rule === current}
                onSelect={() => list.show(rule.id)}
                onEdit={() => onEdit(rule)}
                onRemove={() => remove(rule)}
              />
            );
          })}
          {lines.after > 0 ? <Space height={lines.after} columns={columns} /> : null}
        </tbody>
      </table>
    </div>
  );
}

function Space({ height, columns }: { readonly height: number; readonly columns: number }): ReactNode {
  return (
    <tr aria-hidden="true" className={styles.space}>
      <td colSpan={columns} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}

function Head({ withProject }: { readonly withProject: boolean }): ReactNode {
  return (
    <>
      <colgroup>
        <col className={styles.v} />
        <col />
        {withProject ? <col className={styles.pr} /> : null}
        <col className={withProject ? `${styles.p} wide` : styles.p} />
        <col className={styles.sc} />
        <col className={`${styles.b} wide`} />
        <col className={styles.h} />
        <col className={`${styles.l} wide`} />
        <col className={styles.x} />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">
            <span className="sr">Verdict</span>
          </th>
          <th scope="col">Domain</th>
          {withProject ? <th scope="col">Project</th> : null}
          <th scope="col" className={withProject ? 'wide' : ''}>
            Ports
          </th>
          <th scope="col">Holds for</th>
          <th scope="col" className="wide">
            From
          </th>
          <th scope="col" className="right">
            Today
          </th>
          <th scope="col" className="right wide">
            Last
          </th>
          <th scope="col">
            <span className="sr">More</span>
          </th>
        </tr>
      </thead>
    </>
  );
}
