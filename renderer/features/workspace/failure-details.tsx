import type { ReactNode } from 'react';
import styles from './workspace.module.css';

type Failure = { readonly message: string; readonly details: Readonly<Record<string, unknown>> };

/** What failed, in the core's words, and the end of the log that came with it. */
export function FailureDetails({ error }: { readonly error: Failure }): ReactNode {
  const log = readLog(error.details);
  return (
    <>
      <p className="selectable" role="alert">
        {error.message}
      </p>
      {log ? (
        <pre className={`t ${styles.log} selectable`} tabIndex={0} aria-label="Log">
          {log}
        </pre>
      ) : null}
    </>
  );
}

function readLog(details: Readonly<Record<string, unknown>>): string {
  const { log } = details;
  if (typeof log === 'string') return log.trim();
  return Array.isArray(log) ? log.join('\n').trim() : '';
}
