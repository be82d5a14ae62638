import type { ReactNode } from 'react';
import { isAlive } from '../../../shared/words.ts';
import { formatRoute } from '../../lib/route.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { useScreen } from '../projects/use-screen.ts';
import type { TerminalRow } from './all-terminals.ts';
import { openTerminalRow } from './open-terminal-row.ts';
import styles from './all-terminals.module.css';

/** The last lines of the selected terminal, live, without going there. */
export function TerminalPreview({ row }: { readonly row: TerminalRow }): ReactNode {
  const { terminal, workspace, name, place, telling } = row;
  return (
    <aside className={`aside ${styles.preview}`} aria-label={`${name} of ${place}`} data-region="peek">
      <div className={styles.top}>
        <h2 className="cut">{name}</h2>
        <p className="sm dim cut">{place}</p>
      </div>
      <div className="head">
        <Glyph kind={telling.glyph} />
        <span className={`cut ${telling.tone}`}>{telling.word}</span>
        {telling.detail ? (
          <span className="faint cut">
            <bdi>{telling.detail}</bdi>
          </span>
        ) : null}
      </div>
      {isAlive(terminal) || terminal.state.kind === 'exited' || terminal.state.kind === 'paused' ? (
        <LastLines terminalId={terminal.terminalId} />
      ) : (
        <p className={`grow dim ${styles.note}`}>Its workspace does not run. Open it to start it again.</p>
      )}
      <div className="foot">
        <Button hint="↵" onClick={() => openTerminalRow(row)}>
          Type there
        </Button>
        <a className="btn quiet end" href={formatRoute({ page: 'logs', workspaceId: workspace.workspaceId, role: 'agent' })}>
          Logs
        </a>
      </div>
    </aside>
  );
}

function LastLines({ terminalId }: { readonly terminalId: string }): ReactNode {
  const lines = useScreen(terminalId);
  return (
    <div className={styles.screen} role="group" aria-label="Last lines">
      <pre className="t">{lines.join('\n')}</pre>
    </div>
  );
}
