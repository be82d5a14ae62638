import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { formatAgo, plural } from '../../../shared/format.ts';
import type { Blocked, Rule, RuleScope } from '../../../shared/model/domain.ts';
import { describeReason } from '../../../shared/words.ts';
import { useClient } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Host } from '../../ui/host.tsx';
import { Icon } from '../../ui/icon.tsx';
import { problemText } from '../../ui/problem.tsx';
import { AnswerPanel } from '../blocked/answer-panel.tsx';
import { answerKeys, pressedKey } from '../blocked/answers.ts';
import type { BlockedGroup } from '../blocked/group-blocked.ts';
import { useAnswer } from '../blocked/use-answer.ts';
import styles from './blocked-lately.module.css';

type Letters = Readonly<Record<string, () => void>>;

/** Letters of the line itself, not of what stands in it. */
function pressed(event: KeyboardEvent, letters: Letters): void {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target !== event.currentTarget) return;
  const run = letters[pressedKey(event)];
  if (!run) return;
  event.preventDefault();
  run();
}

type LineProps = { readonly workspaceId: string; readonly blocked: Blocked; readonly first: boolean; readonly now: number };

/** One name. Its letters answer while it has the focus; ↵ opens the answers to read them. */
export function BlockedLine({ workspaceId, blocked, first, now }: LineProps): ReactNode {
  const line = useRef<HTMLLIElement>(null);
  const { can, give, dismiss, busy, error } = useAnswer(workspaceId, blocked);
  const [open, setOpen] = useState(false);
  const letters: Letters = {
    ...answerKeys(can, (answer) => void give(answer)),
    Backspace: () => void dismiss(),
    Delete: () => void dismiss(),
    Enter: () => setOpen(true),
  };
  const facts = [blocked.program, describeReason(blocked.reason), plural(blocked.tries, 'try', 'tries'), formatAgo(blocked.lastAt, now)];
  return (
    <li ref={line} className={styles.line} tabIndex={first ? 0 : -1} data-line data-blocked={blocked.host} onKeyDown={(event) => pressed(event, letters)}>
      <div>
        <Icon name="block" tone="bad" />
        <span className={styles.what}>
          <Host host={blocked.host} port={blocked.port} />
          <span className={`sub cut ${error ? 'bad' : ''}`}>{error ? problemText(error) : <bdi>{facts.filter(Boolean).join(', ')}</bdi>}</span>
        </span>
        <Button small tabIndex={-1} hint="↵" busy={busy} aria-expanded={open} onClick={() => setOpen(!open)}>
          Answer…
        </Button>
        <Button small look="quiet" icon="x" tabIndex={-1} title={`Dismiss ${blocked.host}`} hint="⌫" busy={busy} onClick={() => void dismiss()} />
      </div>
      {open ? (
        <AnswerPanel
          workspaceId={workspaceId}
          blocked={blocked}
          onClose={() => {
            setOpen(false);
            line.current?.focus();
          }}
        />
      ) : null}
    </li>
  );
}

type GroupProps = { readonly workspaceId: string; readonly group: BlockedGroup; readonly first: boolean };

/** Many names below one domain, answered by one rule. */
export function BlockedGroupLine({ workspaceId, group, first }: GroupProps): ReactNode {
  const client = useClient();
  const action = useAction();
  const { pattern, names } = group;
  function add(verdict: Rule['verdict'], scope: RuleScope, quiet = false): void {
    void action.run(() => client.call('domains.add', { workspaceId, pattern, verdict, scope, quiet }));
  }
  function dismiss(): void {
    void action.run(async () => {
      for (const { host } of names) await client.call('domains.dismiss', { workspaceId, host });
    });
  }
  const letters: Letters = {
    p: () => add('allow', 'project'),
    d: () => add('deny', 'project'),
    '⇧d': () => add('deny', 'project', true),
    Backspace: dismiss,
    Delete: dismiss,
  };
  const { busy, error } = action;
  return (
    <li className={styles.line} tabIndex={first ? 0 : -1} data-line data-blocked={pattern} onKeyDown={(event) => pressed(event, letters)}>
      <div>
        <Icon name="block" tone="bad" />
        <span className={styles.what}>
          <Host host={pattern} />
          <span className={`sub cut ${error ? 'bad' : ''}`}>{error ? problemText(error) : `${plural(names.length, 'name')} below it were tried`}</span>
        </span>
        <Button small tabIndex={-1} hint="P" busy={busy} title="Allow all of them in every workspace of this project" onClick={letters['p']}>
          Project
        </Button>
        <Button small look="danger" tabIndex={-1} hint="D" busy={busy} title="Deny all of them in this project" onClick={letters['d']}>
          Deny
        </Button>
        <Button small look="danger" className="wide" tabIndex={-1} hint="⇧D" busy={busy} onClick={letters['⇧d']}>
          Deny silently
        </Button>
        <Button small look="quiet" icon="x" tabIndex={-1} title={`Dismiss all below ${pattern}`} hint="⌫" busy={busy} onClick={dismiss} />
      </div>
    </li>
  );
}
