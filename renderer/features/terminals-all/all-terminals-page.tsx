import { type ReactNode, useMemo, useRef, useState } from 'react';
import { plural } from '../../../shared/format.ts';
import { useSnapshot } from '../../lib/core.tsx';
import { keyLabel, useShortcut } from '../../lib/keys.ts';
import { formatRoute, projectsRoute } from '../../lib/route.ts';
import { useSession } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { FilterField } from '../../ui/filter-field.tsx';
import { Seg } from '../../ui/seg.tsx';
import { EngineStatus } from '../frame/engine-status.tsx';
import { Frame } from '../frame/frame.tsx';
import { type ShowTerminals, type TerminalRow, buildTerminalRows, filterTerminalRows } from './all-terminals.ts';
import { TerminalPreview } from './terminal-preview.tsx';
import { TerminalTable } from './terminal-table.tsx';

/** The terminals of all projects: what each does, and the way there. */
export function AllTerminalsPage(): ReactNode {
  const terminals = useSnapshot((snapshot) => snapshot.terminals);
  const workspaces = useSnapshot((snapshot) => snapshot.workspaces);
  const projects = useSnapshot((snapshot) => snapshot.projects);
  const rows = useMemo(() => buildTerminalRows({ terminals, workspaces, projects }), [terminals, workspaces, projects]);
  return (
    <Frame title="Terminals" titlebar={<span className="med">Terminals</span>} status={<Status any={rows.length > 0} />}>
      <h1 className="sr">Terminals of all projects</h1>
      {rows.length > 0 ? <TerminalsOfAll rows={rows} /> : <Nothing projects={projects.length} />}
    </Frame>
  );
}

function Status({ any }: { readonly any: boolean }): ReactNode {
  return (
    <>
      <EngineStatus />
      <span className="end" />
      {any ? (
        <>
          <span className="row">
            <kbd>↑↓</kbd>move
          </span>
          <span className="row">
            <kbd>↵</kbd>type there
          </span>
          <span className="row">
            <kbd>/</kbd>filter
          </span>
        </>
      ) : null}
      <span className="row wide">
        <kbd>F6</kbd>next region
      </span>
    </>
  );
}

function Nothing({ projects }: { readonly projects: number }): ReactNode {
  return (
    <div className="center">
      <div className="tellings">
        <h2>No terminal is open</h2>
        <p className="dim">Each agent and each shell of every project is listed here. Open a project to start one.</p>
        <div className="row">
          <a className="btn primary" href={formatRoute(projects > 0 ? projectsRoute : { page: 'projects', sheet: { kind: 'add' } })}>
            {projects > 0 ? 'Show projects' : 'Add a folder…'} <kbd>{keyLabel(projects > 0 ? 'rail1' : 'addFolder')}</kbd>
          </a>
        </div>
      </div>
    </div>
  );
}

function TerminalsOfAll({ rows }: { readonly rows: readonly TerminalRow[] }): ReactNode {
  const [show, setShow] = useSession<ShowTerminals>(
    'terminals:show',
    'all',
    (text) => (['running', 'agents', 'all'] as const).find((value) => value === text) ?? null,
  );
  const [text, setText] = useState('');
  const [selected, setSelected] = useSession<string>('terminals:selected', '');
  const shown = useMemo(() => filterTerminalRows(rows, show, text), [rows, show, text]);
  const current = shown.find((row) => row.terminal.terminalId === selected) ?? shown[0] ?? null;
  function clear(): void {
    setText('');
    setShow('all');
  }
  return (
    <>
      <Toolbar rows={rows} show={show} onShow={setShow} text={text} onText={setText} />
      <div className="cols">
        {current ? (
          <TerminalTable rows={shown} current={current} onSelect={(row) => setSelected(row.terminal.terminalId)} />
        ) : (
          <div className="center grow">
            <div className="tellings">
              <p className="dim">No terminal fits this filter.</p>
              <Button onClick={clear}>Clear filter</Button>
            </div>
          </div>
        )}
        {current ? <TerminalPreview key={current.terminal.terminalId} row={current} /> : null}
      </div>
    </>
  );
}

type ToolbarProps = {
  readonly rows: readonly TerminalRow[];
  readonly show: ShowTerminals;
  readonly onShow: (show: ShowTerminals) => void;
  readonly text: string;
  readonly onText: (text: string) => void;
};

function Toolbar({ rows, show, onShow, text, onText }: ToolbarProps): ReactNode {
  const field = useRef<HTMLInputElement>(null);
  useShortcut('find', () => field.current?.focus());
  function count(of: ShowTerminals): number {
    return filterTerminalRows(rows, of, '').length;
  }
  return (
    <div className="bar" data-region="toolbar">
      <FilterField label="Filter terminals" text={text} onText={onText} field={field} />
      <Seg
        label="Show"
        value={show}
        onChange={onShow}
        options={[
          { value: 'all', label: <>All {count('all')}</> },
          { value: 'running', label: <>Running {count('running')}</> },
          { value: 'agents', label: <>Agents {count('agents')}</> },
        ]}
      />
      <span className="end" />
      <span className="sm faint wide">{plural(new Set(rows.map((row) => row.workspace.workspaceId)).size, 'workspace')}</span>
    </div>
  );
}
