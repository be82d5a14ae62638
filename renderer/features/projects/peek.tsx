import type { ReactNode } from 'react';
import type { Blocked } from '../../../shared/model/domain.ts';
import type { Terminal } from '../../../shared/model/terminal.ts';
import { useClient } from '../../lib/core.tsx';
import { formatMemory, plural } from '../../lib/format.ts';
import { formatRoute } from '../../lib/route.ts';
import { useAction } from '../../lib/use-action.ts';
import { agentNames, canAllow, describeReason, describeTerminal, isAlive, terminalName } from '../../lib/words.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { Host } from '../../ui/host.tsx';
import { problemText } from '../../ui/problem.tsx';
import { Steps } from '../../ui/steps.tsx';
import { openRow } from './open-row.ts';
import { RowMenu } from './row-actions.tsx';
import type { Row } from './rows.ts';
import { useScreen } from './use-screen.ts';
import styles from './projects.module.css';

/** What the selected row does, live, without going there. */
export function Peek({ row, onRemove }: { readonly row: Row; readonly onRemove: () => void }): ReactNode {
  const { workspace, telling } = row;
  return (
    <aside className={`aside ${styles.peek}`} aria-label={row.title} data-region="peek">
      <div className={styles.top}>
        <h2 className="cut">{row.title}</h2>
        <p className="sm dim cut">
          {workspace ? `${agentNames[workspace.agent]}, ${plural(workspace.limits.cpus, 'CPU')}, ${formatMemory(workspace.limits.memoryMb)}` : row.project.path}
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
        <RowMenu row={row} onRemove={onRemove} />
      </div>
    </aside>
  );
}

function Body({ row }: { readonly row: Row }): ReactNode {
  const state = row.workspace?.state;
  const shown = row.terminals.find((terminal) => terminal.kind === 'agent' && isAlive(terminal)) ?? row.terminals.find(isAlive);
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
      {row.blocked[0] && row.workspace ? <Reply workspaceId={row.workspace.workspaceId} blocked={row.blocked[0]} more={row.blocked.length - 1} /> : null}
      {!shown && row.telling.detail ? <p className={`${styles.note} selectable`}>{row.telling.detail}</p> : null}
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
  const client = useClient();
  const action = useAction();
  const can = canAllow(blocked.reason);
  return (
    <div className={styles.reply}>
      <div className="row">
        <Host host={blocked.host} port={blocked.port} className="grow" />
        <span className="xs bad">{describeReason(blocked.reason)}</span>
      </div>
      <div className="row">
        {can === 'no' ? null : (
          <Button
            look="primary"
            busy={action.busy}
            onClick={() => void action.run(() => client.call('domains.add', { workspaceId, pattern: blocked.host, allowPrivate: can === 'private' }))}
          >
            {can === 'private' ? 'Allow, private addresses too' : 'Allow'}
          </Button>
        )}
        <Button onClick={() => void action.run(() => client.call('domains.dismiss', { workspaceId, host: blocked.host }))}>Dismiss</Button>
        {more > 0 ? <span className="xs faint end">{more} more</span> : null}
      </div>
      {action.error ? <p className="bad sm">{problemText(action.error)}</p> : null}
    </div>
  );
}
