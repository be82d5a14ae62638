import type { ReactNode } from 'react';
import { formatClock, formatDuration } from '../../../shared/format.ts';
import type { Attempt, SelfTestReport } from '../../../shared/model/selftest.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { Icon } from '../../ui/icon.tsx';
import { problemText } from '../../ui/problem.tsx';
import type { TestRun } from './use-self-test.ts';
import styles from './domains.module.css';

/** The report: each attempt to get around the wall, and what was seen. */
export function SelfTest({ test }: { readonly test: TestRun }): ReactNode {
  const { report, busy, error } = test;
  return (
    <section className={styles.test} aria-label="Self-test" data-region="self-test" tabIndex={-1}>
      <div className={styles.testhead}>
        {busy ? (
          <Running />
        ) : error ? (
          <p className="bad grow selectable" role="alert">
            {problemText(error)}
          </p>
        ) : report ? (
          <p className="grow cut" role="status">
            <span className={`med ${!report.passed ? 'bad' : report.unproven === undefined ? 'ok' : ''}`}>{sayResult(report)}</span>{' '}
            <span className="dim">
              {report.attempts.filter((attempt) => attempt.result === 'passed').length} of {report.attempts.length} attempts as they must be,{' '}
              {formatClock(report.endedAt)}.
            </span>
          </p>
        ) : null}
        <span className="end" />
        {busy ? null : <Button look="quiet" small icon="x" title="Close the report" onClick={test.toggle} />}
      </div>
      {report?.unproven === undefined ? null : <p className={`sm dim selectable ${styles.unproven}`}>{report.unproven}</p>}
      <ul>
        {report?.attempts.map((attempt) => (
          <AttemptLine key={attempt.id} attempt={attempt} />
        ))}
      </ul>
    </section>
  );
}

function sayResult({ passed, unproven }: SelfTestReport): string {
  if (!passed) return 'The wall has a hole.';
  return unproven === undefined ? 'The wall stands.' : 'The wall stands, as far as it could be tried.';
}

function Running(): ReactNode {
  const began = useNow(null);
  const now = useNow(100);
  return (
    <p className="row dim grow" role="status">
      <Glyph kind="starting" /> Trying to get out, from inside the agent’s container… <span className="num faint">{formatDuration(now - began)}</span>
    </p>
  );
}

function AttemptLine({ attempt }: { readonly attempt: Attempt }): ReactNode {
  const icon = { passed: 'check', failed: 'alert', skipped: 'clock' } as const;
  const tone = { passed: 'ok', failed: 'bad', skipped: 'faint' } as const;
  return (
    <li className="sm">
      <Icon name={icon[attempt.result]} tone={tone[attempt.result]} />
      <span className="selectable">
        {attempt.label}
        <span className="sr">, {attempt.result}</span>
      </span>
      <span className={`selectable ${styles.seen}`}>
        <span className="faint">{attempt.expected === 'blocked' ? 'must not get through: ' : 'must get through: '}</span>
        {attempt.detail}
      </span>
    </li>
  );
}
