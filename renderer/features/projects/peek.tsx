import type { ReactNode } from 'react';
import { formatMemory, plural } from '../../../shared/format.ts';
import type { Blocked } from '../../../shared/model/domain.ts';
import type { Terminal } from '../../../shared/model/terminal.ts';
import { describeReason, describeTerminal, isAlive, terminalName } from '../../../shared/words.ts';
import { formatRoute } from '../../lib/route.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { Host } from '../../ui/host.tsx';
import { problemText } from '../../ui/problem.tsx';
import { Steps } from '../../ui/steps.tsx';
import { AnswerButtons, PrivateWarning } from '../blocked/answer-buttons.tsx';
import { answerKeys } from '../blocked/answers.ts';
import { useAnswer } from '../blocked/use-answer.ts';
import { useCardKeys } from '../blocked/use-card-keys.ts';
import { openRow } from './open-row.ts';
import type { RowHands } from './row-hands.ts';
import { RowMenu } from './row-menu.tsx';
import type { Row } from './rows.ts';
import { useScreen } from './use-screen.ts';
import styles from './projects.module.css';

/** What the selected row does, live, without going there. */
export function Peek({ row, hands }: { readonly row: Row; readonly hands: RowHands }): ReactNode {
  const { workspace, telling } = row;
  return (
    <aside className={`aside ${styles.peek}`} aria-label={row.title} data-region="peek">
      <div className={styles.top}>
        <h2 className="cut">{row.title}</h2>
        <p className="sm dim cut">
          {workspace
            ? `${workspace.agentTitle}, ${plural(workspace.limits.cpus, 'CPU')}, ${formatMemory(workspace.limits.memoryMb)}`
            : (row.project.url ?? row.project.path)}
        </p>
      </div>
      <div className="head">
        <Glyph kind={telling.glyph} />
        <span className={`cut ${telling.tone}`}>{telling.word}</span>
      </div>
      <Body row={row} />
      <div className="foot">
        {row.workspace || row.project.present ? (
          <Button hint="↵" onClick={() => openRow(row)}>
            {row.workspace ? 'Open' : 'Create workspace'}
          </Button>
        ) : null}
        <span className="end" />
        <RowMenu row={row} hands={hands} />
      </div>
    </aside>
  );
}

function Body({ row }: { readonly row: Row }): ReactNode {
  const state = row.workspace?.state;
  const shown = row.terminals.find((terminal) => terminal.kind === 'agent' && hasScreen(terminal)) ?? row.terminals.find(hasScreen);
  if (state?.kind === 'creating' || state?.kind === 'starting') {
    return (
      <div className={`scroll ${styles.note}`}>
        <Steps steps={state.steps} />
      </div>
    );
  }
  return (
    <>
      {shown ? <LastLines terminal={shown} /> : null}
      {row.blocked[0] && row.workspace ? (
        <Reply key={row.blocked[0].host} workspaceId={row.workspace.workspaceId} blocked={row.blocked[0]} more={row.blocked.length - 1} />
      ) : null}
      {!shown && row.blocked.length === 0 && row.telling.detail ? <p className={`${styles.note} selectable`}>{row.telling.detail}</p> : null}
      <ul className="scroll">
        {row.workspace
          ? row.terminals.map((terminal) => (
              <li key={terminal.terminalId}>
                <TerminalLine row={row} terminal={terminal} />
              </li>
            ))
          : null}
      </ul>
    </>
  );
}

/** The last lines of one that is paused stay. */
function hasScreen(terminal: Terminal): boolean {
  return isAlive(terminal) || terminal.state.kind === 'paused';
}

function TerminalLine({ row, terminal }: { readonly row: Row; readonly terminal: Terminal }): ReactNode {
  const telling = describeTerminal(terminal);
  const href = formatRoute({ page: 'terminals', workspaceId: terminal.workspaceId, panes: [terminal.terminalId] });
  return (
    <a className="item" href={href}>
      <Glyph kind={telling.glyph} />
      <span className="grow">{row.workspace ? terminalName(terminal, row.workspace) : ''}</span>
      <span className={`sub cut ${styles.said} ${telling.tone}`}>
        <bdi>{telling.detail || telling.word}</bdi>
      </span>
    </a>
  );
}

function LastLines({ terminal }: { readonly terminal: Terminal }): ReactNode {
  const lines = useScreen(terminal.terminalId);
  return (
    <div className={styles.screen} role="group" aria-label="Last lines">
      <pre className="t">{lines.join('\n')}</pre>
    </div>
  );
}

function Reply({ workspaceId, blocked, more }: { readonly workspaceId: string; readonly blocked: Blocked; readonly more: number }): ReactNode {
  const answering = useAnswer(workspaceId, blocked);
  const { can, error, give } = answering;
  const { isDeaf: _, ...keys } = useCardKeys(
    answerKeys(can, (answer) => void give(answer)),
    { givesBack: false },
  );
  return (
    <div className={styles.reply} role="group" aria-label={`Answer ${blocked.host}`} {...keys}>
      <div className="row">
        <Host host={blocked.host} port={blocked.port} className="grow" />
        <span className="xs bad">{describeReason(blocked.reason)}</span>
      </div>
      <PrivateWarning can={can} />
      <AnswerButtons answering={answering} onGive={give}>
        {more > 0 ? <span className="xs faint end num">{more.toLocaleString('en')} more</span> : null}
      </AnswerButtons>
      {error ? <p className="bad sm">{problemText(error)}</p> : null}
    </div>
  );
}
