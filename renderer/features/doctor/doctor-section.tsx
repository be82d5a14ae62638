import { type ReactNode, useRef, useState } from 'react';
import type { Check } from '../../../shared/model/doctor.ts';
import { useClient } from '../../lib/core.tsx';
import { usePlainKeys } from '../../lib/keys.ts';
import { moveFocus } from '../../lib/move-focus.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { Problem } from '../../ui/problem.tsx';
import { CheckLine } from './check-line.tsx';
import { groupChecks, groupTitles, summarise, writeReport } from './report.ts';
import type { Doctor } from './use-doctor.ts';
import styles from './doctor.module.css';

/** Everything Forgehold needs, and what to do about what is missing. */
export function DoctorSection({ doctor }: { readonly doctor: Doctor }): ReactNode {
  const { checks, busy, error } = doctor;
  const list = useRef<HTMLDivElement>(null);
  const report = useReport(checks);
  function focusList(): void {
    list.current?.querySelector<HTMLElement>('[data-check][tabindex="0"]')?.focus();
  }
  usePlainKeys({ r: doctor.checkAgain, c: report.copy, ArrowDown: focusList, ArrowUp: focusList });
  return (
    <>
      <header className="row">
        <div className="grow">
          <h1>Doctor</h1>
          <p className="dim" role="status">
            {checks ? summarise(checks) : 'Everything Forgehold needs, looked at.'}
          </p>
        </div>
        <Button look="quiet" icon={report.copied === 'yes' ? 'check' : 'copy'} hint="C" unavailable={!checks && 'There is no report yet'} onClick={report.copy}>
          {report.copied === null ? 'Copy report' : report.copied === 'yes' ? 'Copied' : 'Not allowed'}
        </Button>
        <Button icon="retry" hint="R" busy={busy} onClick={doctor.checkAgain}>
          Check again
        </Button>
      </header>
      {error ? <Problem error={error} /> : null}
      {!checks && busy ? (
        <p className={`row dim ${styles.first}`} role="status">
          <Glyph kind="starting" /> Looking…
        </p>
      ) : null}
      <div ref={list} onKeyDown={(event) => event.target instanceof HTMLElement && event.target.dataset['check'] && moveFocus(event, '[data-check]')}>
        <Groups doctor={doctor} checks={checks ?? []} />
      </div>
    </>
  );
}

function Groups({ doctor, checks }: { readonly doctor: Doctor; readonly checks: readonly Check[] }): ReactNode {
  const shown = groupChecks(checks);
  const first = shown[0]?.checks[0];
  const worst = checks.find((check) => check.state === 'bad' && check.fix);
  return shown.map(({ group, checks: members }) => (
    <section key={group} aria-label={groupTitles[group]}>
      <h2 className={styles.label}>{groupTitles[group]}</h2>
      <ul className="card">
        {members.map((check) => (
          <CheckLine key={check.id} check={check} doctor={doctor} first={check === first} primary={check === worst} />
        ))}
      </ul>
    </section>
  ));
}

function useReport(checks: readonly Check[] | null) {
  const client = useClient();
  const [copied, setCopied] = useState<'yes' | 'no' | null>(null);
  async function copy(): Promise<void> {
    if (!checks) return;
    try {
      const { version } = await client.call('app.info', {});
      await navigator.clipboard.writeText(writeReport(checks, version));
      setCopied('yes');
    } catch {
      // Neither a lost core nor a browser that keeps its clipboard to itself hides the checks.
      setCopied('no');
    }
    setTimeout(() => setCopied(null), 2_000);
  }
  return { copied, copy: () => void copy() };
}
