import { type KeyboardEvent, type ReactNode, useState } from 'react';
import type { CallOutput } from '../../../shared/contract/index.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { useClient } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { problemText } from '../../ui/problem.tsx';
import { readNames } from '../options/lines.ts';
import styles from '../options/options.module.css';

type Props = { readonly workspace: Workspace };

/** Packages of the system, for a workspace that allows them: what the user asks for, the agent cannot. */
export function InstallPackages({ workspace }: Props): ReactNode {
  const client = useClient();
  const action = useAction();
  const [text, setText] = useState('');
  const [answer, setAnswer] = useState<CallOutput<'workspaces.install'> | null>(null);
  const packages = readNames(text);
  const runs = workspace.state.kind === 'running';
  function install(): void {
    if (packages.length === 0 || !runs) return;
    setAnswer(null);
    void action.run(async () => setAnswer(await client.call('workspaces.install', { workspaceId: workspace.workspaceId, packages })));
  }
  function keys(event: KeyboardEvent): void {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    install();
  }
  return (
    <div className={styles.f}>
      <label htmlFor="install-packages">Install packages</label>
      <div>
        <span className={`field ${styles.long}`}>
          <input
            id="install-packages"
            className="mono"
            value={text}
            placeholder="ripgrep build-essential"
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setText(event.target.value)}
            onKeyDown={keys}
          />
        </span>
        <Button busy={action.busy} unavailable={!runs ? 'The workspace has to run' : packages.length === 0 && 'Name a package first'} onClick={install}>
          {action.busy ? 'Installing…' : 'Install'}
        </Button>
        <p className="xs faint">
          Through its wall: the mirror of the packages has to be among its allowed domains. They go with the container when it is recreated.
        </p>
        {action.error ? (
          <p className="xs bad selectable" role="alert">
            {problemText(action.error)}
          </p>
        ) : null}
        {answer ? <Output answer={answer} /> : null}
      </div>
    </div>
  );
}

function Output({ answer }: { readonly answer: CallOutput<'workspaces.install'> }): ReactNode {
  const failed = answer.exitCode !== 0;
  return (
    <>
      <p className={`xs ${failed ? 'bad' : 'ok'}`} role="status">
        {failed ? `apt ended with exit code ${answer.exitCode}:` : 'Installed.'}
      </p>
      {failed ? (
        <pre className={`t selectable ${styles.output}`} tabIndex={0} aria-label="What apt said">
          {answer.output}
        </pre>
      ) : null}
    </>
  );
}
