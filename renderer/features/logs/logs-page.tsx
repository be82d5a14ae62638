import { type ReactNode, useRef, useState } from 'react';
import { plural } from '../../../shared/format.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { useShortcut, usePlainKeys } from '../../lib/keys.ts';
import { type LogRole, navigate } from '../../lib/route.ts';
import { useSession } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { problemText } from '../../ui/problem.tsx';
import { Seg } from '../../ui/seg.tsx';
import { plainText } from './ansi.ts';
import { LogField } from './log-field.tsx';
import { LogView, type LogViewHandle } from './log-view.tsx';
import { type Log, useLog } from './use-log.ts';
import { type Search, useSearch } from './use-search.ts';
import styles from './logs.module.css';

/** What a workspace's containers print, followed as it comes. */
export function LogsPage({ workspace, role }: { readonly workspace: Workspace; readonly role: LogRole }): ReactNode {
  const log = useLog(workspace, role);
  const [wrap, setWrap] = useSession<'on' | 'off'>('logs:wrap', 'off', (text) => (text === 'on' ? 'on' : 'off'));
  const [follows, setFollows] = useState(true);
  const view = useRef<LogViewHandle>(null);
  const search = useSearch(log, (line) => view.current?.show(line));
  usePlainKeys({ End: () => view.current?.toEnd() });
  return (
    <>
      <Toolbar workspace={workspace} role={role} log={log} search={search} wrap={wrap === 'on'} onWrap={(on) => setWrap(on ? 'on' : 'off')} />
      <div className={styles.stage}>
        <LogView
          ref={view}
          log={log}
          wrap={wrap === 'on'}
          wanted={search.text}
          current={search.current}
          label={role === 'agent' ? 'Log of the agent container' : 'Log of the gateway'}
          onFollows={setFollows}
        />
        <End log={log} workspace={workspace} />
        {follows || log.buffer.lines.length === 0 ? null : (
          <div className={styles.jump}>
            <Button icon="down" hint="End" onClick={() => view.current?.toEnd()}>
              Jump to the end
            </Button>
          </div>
        )}
      </div>
    </>
  );
}

type ToolbarProps = {
  readonly workspace: Workspace;
  readonly role: LogRole;
  readonly log: Log;
  readonly search: Search;
  readonly wrap: boolean;
  readonly onWrap: (on: boolean) => void;
};

function Toolbar({ workspace, role, log, search, wrap, onWrap }: ToolbarProps): ReactNode {
  const [copied, setCopied] = useState<'yes' | 'no' | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const { lines } = log.buffer;
  useShortcut('find', () => field.current?.focus());
  usePlainKeys({ '/': () => field.current?.focus() });
  function copy(): void {
    const selected = getSelection()?.toString() ?? '';
    const text = selected || lines.map((line) => plainText(line.text)).join('\n');
    navigator.clipboard.writeText(text).then(
      () => setCopied('yes'),
      () => setCopied('no'),
    );
    setTimeout(() => setCopied(null), 2_000);
  }
  return (
    <div className="bar" data-region="toolbar">
      <Seg
        label="Container"
        value={role}
        onChange={(next) => navigate({ page: 'logs', workspaceId: workspace.workspaceId, role: next }, { replace: true })}
        options={[
          { value: 'agent', label: 'Agent' },
          { value: 'gateway', label: 'Gateway' },
        ]}
      />
      <LogField ref={field} search={search} />
      <span className="sm faint num wide" role="status">
        {plural(lines.length, 'line')}
        {log.buffer.first > 0 ? ', older ones dropped' : ''}
      </span>
      <span className="end" />
      <Button look="quiet" aria-pressed={wrap} {...(wrap && { icon: 'check' as const })} onClick={() => onWrap(!wrap)}>
        Wrap lines
      </Button>
      <Button look="quiet" icon={copied === 'yes' ? 'check' : 'copy'} unavailable={lines.length === 0 && 'There is nothing to copy yet'} onClick={copy}>
        {copied === 'no' ? 'Not allowed' : copied === 'yes' ? 'Copied' : 'Copy'}
      </Button>
      <Button
        look="quiet"
        icon="x"
        unavailable={lines.length === 0 && 'There is nothing to clear'}
        title="Clears this view; the log itself stays"
        onClick={log.clear}
      >
        Clear
      </Button>
    </div>
  );
}

/** Why nothing (more) comes. */
function End({ log, workspace }: { readonly log: Log; readonly workspace: Workspace }): ReactNode {
  const empty = log.buffer.lines.length === 0;
  if (log.error) {
    return (
      <p className={`${styles.end} ${empty ? styles.alone : ''} selectable`} role="status">
        {problemText(log.error)}
      </p>
    );
  }
  if (log.state === 'reading') {
    return (
      <p className={`${styles.end} ${styles.alone} row dim`} role="status">
        <Glyph kind="starting" /> Reading the log…
      </p>
    );
  }
  if (log.state === 'ended') {
    const ended = workspace.state.kind === 'running' ? 'This log ended.' : 'Its container does not run, so nothing more comes.';
    return (
      <p className={`${styles.end} ${empty ? styles.alone : ''} dim`} role="status">
        {ended}
      </p>
    );
  }
  return empty ? <p className={`${styles.end} ${styles.alone} dim`}>Nothing was printed yet. What comes is shown here at once.</p> : null;
}
