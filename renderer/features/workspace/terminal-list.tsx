import type { ReactNode } from 'react';
import type { Terminal } from '../../../shared/model/terminal.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import type { Shortcut } from '../../../shared/shortcuts.ts';
import { describeTerminal, terminalName } from '../../../shared/words.ts';
import { keyLabel, useShortcut } from '../../lib/keys.ts';
import { moveFocus } from '../../lib/move-focus.ts';
import { formatRoute } from '../../lib/route.ts';
import { Glyph } from '../../ui/glyph.tsx';
import { problemText } from '../../ui/problem.tsx';
import { showInPane } from './panes.ts';
import { useOpenTerminal } from './use-open-terminal.ts';
import { NewTerminal, WorkspaceMenu } from './workspace-menus.tsx';
import styles from './workspace.module.css';

type Props = {
  readonly workspace: Workspace;
  readonly terminals: readonly Terminal[];
  readonly panes: readonly string[];
  readonly active: number;
  readonly onShow: (terminal: Terminal) => void;
  readonly onRemove: () => void;
};

const shortcutNames = [
  'terminal1',
  'terminal2',
  'terminal3',
  'terminal4',
  'terminal5',
  'terminal6',
  'terminal7',
  'terminal8',
  'terminal9',
] as const satisfies Shortcut[];

/** What runs in this workspace, in the order it was opened. */
export function TerminalList({ workspace, terminals, panes, active, onShow, onRemove }: Props): ReactNode {
  const opener = useOpenTerminal(workspace);
  for (const [at, name] of shortcutNames.entries()) {
    // The list of names never changes, so neither does the order of the hooks.
    useShortcut(name, () => terminals[at] && onShow(terminals[at]), at < terminals.length);
  }
  return (
    <nav className="side" aria-label="Terminals" data-region="terminals">
      <div className="head">
        Terminals <span className="faint num">{terminals.length}</span>
        <span className="end" />
        <NewTerminal
          workspace={workspace}
          busy={opener.busy}
          onOpen={(kind, session) =>
            void opener.open(kind, { place: (terminal) => showInPane(panes, active, terminal.terminalId), ...(session && { session }) })
          }
        />
        <WorkspaceMenu workspace={workspace} onRemove={onRemove} />
      </div>
      {opener.error ? (
        <p className={`bad sm selectable ${styles.problem}`} role="alert">
          {problemText(opener.error)}
        </p>
      ) : null}
      <ul className="scroll" onKeyDown={(event) => moveFocus(event, 'a')}>
        {terminals.map((terminal, at) => (
          <li key={terminal.terminalId}>
            <Item
              terminal={terminal}
              workspace={workspace}
              shortcut={shortcutNames[at]}
              current={panes[active] === terminal.terminalId}
              href={formatRoute({ page: 'terminals', workspaceId: workspace.workspaceId, panes: showInPane(panes, active, terminal.terminalId) })}
              onShow={() => onShow(terminal)}
            />
          </li>
        ))}
      </ul>
    </nav>
  );
}

type ItemProps = {
  readonly terminal: Terminal;
  readonly workspace: Workspace;
  readonly shortcut: Shortcut | undefined;
  readonly current: boolean;
  readonly href: string;
  readonly onShow: () => void;
};

function Item({ terminal, workspace, shortcut, current, href, onShow }: ItemProps): ReactNode {
  const telling = describeTerminal(terminal);
  return (
    <a
      className="item"
      href={href}
      aria-current={current ? 'true' : undefined}
      data-terminal={terminal.terminalId}
      onClick={(event) => {
        event.preventDefault();
        onShow();
      }}
    >
      <Glyph kind={telling.glyph} label={telling.word} />
      <span className="grow">
        <span>
          <span className="cut">{terminalName(terminal, workspace)}</span>
          {shortcut ? <kbd className="end">{keyLabel(shortcut)}</kbd> : null}
        </span>
        <span className="sub">
          <span className={`cut ${telling.tone === 'bad' ? 'bad' : ''}`}>
            <bdi>{telling.word === 'Running' ? telling.detail || 'Running' : telling.word}</bdi>
          </span>
        </span>
      </span>
    </a>
  );
}
