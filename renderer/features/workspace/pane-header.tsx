import { type ReactNode, useState } from 'react';
import { describeTerminal, isAlive, terminalName } from '../../../shared/words.ts';
import { useClient } from '../../lib/core.tsx';
import { useShortcut } from '../../lib/keys.ts';
import { focusTerminal } from '../../lib/move-focus.ts';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { problemText } from '../../ui/problem.tsx';
import type { PaneProps, Restart } from './terminal-pane.tsx';
import styles from './workspace.module.css';

/** Names the pane, tells how its program ended, and holds what can be done with it. */
export function PaneHeader(props: PaneProps & { readonly restart: Restart }): ReactNode {
  const { workspace, terminal, active, other, splitting, onOther, onSplit, onAlone, restart } = props;
  const telling = describeTerminal(terminal);
  const name = terminalName(terminal, workspace);
  const client = useClient();
  const closing = useAction();
  const [asking, setAsking] = useState(false);
  function close(): void {
    if (isAlive(terminal) && !asking) return setAsking(true);
    void closing.run(() => client.call('terminals.close', { terminalId: terminal.terminalId }));
  }
  function keep(): void {
    setAsking(false);
    focusTerminal();
  }
  useShortcut('close', close, active);
  const error = closing.error ?? restart.error;
  return (
    <header>
      <Glyph kind={telling.glyph} label={telling.word} />
      <span className="med">{name}</span>
      {telling.detail ? (
        <span className={`cut ${styles.title}`}>
          <bdi>{telling.detail}</bdi>
        </span>
      ) : null}
      {terminal.state.kind === 'exited' ? (
        <Button small look="quiet" hint="↵" busy={restart.busy} onClick={restart.run}>
          <span className={telling.tone}>{telling.word}</span>, restart
        </Button>
      ) : null}
      {terminal.state.kind === 'paused' ? <Resume workspaceId={workspace.workspaceId} /> : null}
      {error ? <span className="bad cut">{problemText(error)}</span> : null}
      <span className="end" />
      {asking ? (
        <Ask name={name} busy={closing.busy} onYes={close} onNo={keep} />
      ) : (
        <>
          {other ? (
            <Button small look="quiet" className="narrow" onClick={onOther}>
              {terminalName(other, workspace)}
            </Button>
          ) : null}
          {other ? (
            <Button small look="quiet" icon="max" title="Only this one" onClick={onAlone} />
          ) : (
            <Button small look="quiet" icon="split" title="Split" shortcut="split" className="wide" busy={splitting} onClick={onSplit} />
          )}
          <Button small look="quiet" icon="x" title={isAlive(terminal) ? `End ${name}` : 'Close'} shortcut="close" busy={closing.busy} onClick={close} />
        </>
      )}
    </header>
  );
}

/** Its screen stays, and takes nothing in. */
function Resume({ workspaceId }: { readonly workspaceId: string }): ReactNode {
  const client = useClient();
  const action = useAction();
  return (
    <>
      <Button
        small
        look="quiet"
        shortcut="pauseWorkspace"
        title="It takes nothing in until it is resumed"
        busy={action.busy}
        onClick={() => void action.run(() => client.call('workspaces.resume', { workspaceId }))}
      >
        Paused, resume
      </Button>
      {action.error ? <span className="bad cut">{problemText(action.error)}</span> : null}
    </>
  );
}

type AskProps = { readonly name: string; readonly busy: boolean; readonly onYes: () => void; readonly onNo: () => void };

/** The second step of ending a program that runs. */
function Ask({ name, busy, onYes, onNo }: AskProps): ReactNode {
  return (
    <span className="row" role="group" aria-label={`End ${name}?`} onKeyDown={(event) => event.key === 'Escape' && onNo()}>
      <Button small look="danger" shortcut="close" busy={busy} onClick={onYes}>
        End {name}
      </Button>
      <Button small look="quiet" autoFocus hint="esc" onClick={onNo}>
        Keep it
      </Button>
    </span>
  );
}
