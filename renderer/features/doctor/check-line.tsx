import { type KeyboardEvent, type ReactNode, useState } from 'react';
import type { Check } from '../../../shared/model/doctor.ts';
import { formatRoute } from '../../lib/route.ts';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { Icon } from '../../ui/icon.tsx';
import { problemText } from '../../ui/problem.tsx';
import type { Doctor } from './use-doctor.ts';
import styles from './doctor.module.css';

type Props = {
  readonly check: Check;
  readonly doctor: Doctor;
  readonly first: boolean;
  /** The one whose fix is the primary button of the page. */
  readonly primary: boolean;
};

/** One check: a line; open with cause, what was tried and the fix when it is not well. */
export function CheckLine({ check, doctor, first, primary }: Props): ReactNode {
  const fixing = useAction();
  const { fix, why } = check;
  const open = check.state === 'bad' || (check.state === 'warn' && why !== undefined);
  function runFix(): void {
    if (fix) void fixing.run(() => doctor.fix(fix.id));
  }
  function keys(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.target !== event.currentTarget || !fix) return;
    event.preventDefault();
    runFix();
  }
  return (
    <li
      className={styles.check}
      data-check={check.id}
      data-state={check.state}
      // The list is gone through with the arrows, so a line takes the focus; its button is the same action for Tab.
      tabIndex={first ? 0 : -1}
      aria-label={`${check.title}: ${stateWords[check.state]}. ${check.found}`}
      onKeyDown={keys}
    >
      <div className={styles.line}>
        <Mark state={check.state} />
        <span className={`med ${styles.name}`}>{check.title}</span>
        <span className={`grow ${check.state === 'bad' ? 'bad' : 'dim'} selectable`}>{check.found}</span>
        {!open && fix ? <Fix check={check} fixing={fixing} onFix={runFix} primary={false} /> : null}
      </div>
      {open ? (
        <div className={`${styles.why} selectable`}>
          {why ? <p>{why}</p> : null}
          <Facts check={check} />
          {fixing.error ? (
            <p className="bad" role="alert">
              {problemText(fixing.error)}
            </p>
          ) : null}
          <div className="row">
            {fix ? <Fix check={check} fixing={fixing} onFix={runFix} primary={primary} /> : null}
            {check.id === 'engine' ? (
              <a className="btn" href={formatRoute({ page: 'settings', section: 'engines' })}>
                Use another engine…
              </a>
            ) : null}
            {check.id === 'disk' ? (
              <a className="btn" href={formatRoute({ page: 'settings', section: 'storage' })}>
                Review and free…
              </a>
            ) : null}
            {fix?.command ? <CopyCommand command={fix.command} /> : null}
            {check.id === 'engine' && check.state === 'bad' ? <span className="end xs faint wide">Seen here as soon as it answers</span> : null}
          </div>
        </div>
      ) : null}
    </li>
  );
}

const stateWords = { ok: 'well', warn: 'can wait', bad: 'failed', waiting: 'waits' } as const satisfies Record<Check['state'], string>;

function Mark({ state }: { readonly state: Check['state'] }): ReactNode {
  switch (state) {
    case 'ok':
      return <Icon name="check" tone="ok" />;
    case 'warn':
      return <Icon name="alert" tone="warn" />;
    case 'bad':
      return <Icon name="x" tone="bad" />;
    case 'waiting':
      return <Glyph kind="none" />;
  }
}

type FixProps = { readonly check: Check; readonly fixing: ReturnType<typeof useAction>; readonly onFix: () => void; readonly primary: boolean };

function Fix({ check, fixing, onFix, primary }: FixProps): ReactNode {
  if (!check.fix) return null;
  return (
    <Button look={primary ? 'primary' : 'plain'} hint="↵" busy={fixing.busy} onClick={onFix}>
      {check.fix.label}
    </Button>
  );
}

function Facts({ check }: { readonly check: Check }): ReactNode {
  const facts = Object.entries(check.facts ?? {});
  if (check.fix?.command) facts.push([`${check.fix.label} does`, check.fix.command]);
  if (facts.length === 0) return null;
  return (
    <dl>
      {facts.map(([name, fact]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="mono">
            <bdi>{fact}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function CopyCommand({ command }: { readonly command: string }): ReactNode {
  const [copied, setCopied] = useState(false);
  function copy(): void {
    navigator.clipboard.writeText(command).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  }
  return (
    <Button look="quiet" icon={copied ? 'check' : 'copy'} onClick={copy}>
      {copied ? 'Copied' : 'Copy command'}
    </Button>
  );
}
