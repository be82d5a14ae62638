import type { ReactNode } from 'react';
import { formatDuration } from '../../shared/format.ts';
import type { Step } from '../../shared/model/step.ts';
import { useNow } from '../lib/use-now.ts';
import { Glyph } from './glyph.tsx';
import { Icon } from './icon.tsx';
import styles from './steps.module.css';

/** How long a step took, or has taken so far; null before it began. Milliseconds. */
export function stepTime(step: Step, now: number): number | null {
  if (!step.startedAt) return null;
  return (step.endedAt ? Date.parse(step.endedAt) : now) - Date.parse(step.startedAt);
}

/** The steps of a long piece of work. Only the running and the failed one show what they say. */
export function Steps({ steps }: { readonly steps: readonly Step[] }): ReactNode {
  const running = steps.some((step) => step.state === 'running');
  const now = useNow(running ? 100 : null);
  const broken = steps.some((step) => step.state === 'failed');
  return (
    <ol className={styles.steps}>
      {steps.map((step) => (
        <StepLine key={step.id} step={step} now={now} broken={broken} />
      ))}
      <li className="sr" aria-live="polite">
        {steps.find((step) => step.state === 'running')?.label}
      </li>
    </ol>
  );
}

type StepLineProps = { readonly step: Step; readonly now: number; /** One of its list has failed. */ readonly broken: boolean };

function StepLine({ step, now, broken }: StepLineProps): ReactNode {
  const time = stepTime(step, now);
  const open = step.state === 'running' || step.state === 'failed';
  return (
    <li className={styles[step.state]} data-step={step.id} data-state={step.state}>
      <StepMark state={step.state === 'skipped' && broken ? 'waiting' : step.state} />
      <span>{step.label}</span>
      <span className="num xs faint">{step.state === 'skipped' ? (broken ? 'not done' : 'not needed') : time !== null && formatDuration(time)}</span>
      {open && (step.detail || step.progress !== undefined) ? (
        <div className={styles.more}>
          {step.progress === undefined || step.state === 'failed' ? null : (
            <span className="meter acc">
              <i style={{ width: `${step.progress * 100}%` }} />
            </span>
          )}
          {step.detail ? <pre className={`t ${styles.log} selectable`}>{step.detail}</pre> : null}
        </div>
      ) : null}
    </li>
  );
}

function StepMark({ state }: { readonly state: Step['state'] }): ReactNode {
  switch (state) {
    case 'done':
      return <Icon name="check" tone="ok" />;
    case 'skipped':
      return <Icon name="check" tone="faint" />;
    case 'failed':
      return <Glyph kind="failed" label="Failed" />;
    case 'running':
      return <Glyph kind="starting" label="Now" />;
    case 'waiting':
      return <Glyph kind="none" label="Not done" />;
  }
}
