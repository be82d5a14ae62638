import type { ReactNode } from 'react';
import { assertNever } from '../../../shared/errors.ts';
import type { ShellSettings, ShellState, UpdateState } from '../../../shared/model/shell.ts';
import { currentShell } from '../../lib/shell.ts';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { problemText } from '../../ui/problem.tsx';
import { Seg } from '../../ui/seg.tsx';
import { Setting } from './setting.tsx';

const channels = [
  { value: 'stable', label: 'Stable' },
  { value: 'preview', label: 'Preview' },
  { value: 'off', label: 'Off' },
] as const;

type UpdatesProps = { readonly state: ShellState; readonly onChannel: (channel: ShellSettings['updates']) => void };

/** Which version runs, and how the next one comes. */
export function AppUpdates({ state, onChannel }: UpdatesProps): ReactNode {
  const { update, version, settings } = state;
  const action = useAction();
  const next = nextAction(update);
  return (
    <>
      <h2>Updates</h2>
      <div className="card">
        <Setting title="Newer versions" about="Where they are looked for. Each is signed; none is fetched or installed before you say so.">
          <Seg label="Newer versions" value={settings.updates} onChange={onChannel} options={channels} />
        </Setting>
        <Setting title={`Forgehold ${version}`} about={<span role="status">{describeUpdate(update)}</span>} problem={<Refusal error={action.error} />}>
          {next ? (
            <Button
              {...(update.kind === 'ready' && { look: 'primary' as const })}
              busy={action.busy}
              onClick={() => void action.run(async () => currentShell()?.call('shell.update', { action: next.action }))}
            >
              {next.label}
            </Button>
          ) : null}
        </Setting>
      </div>
    </>
  );
}

function Refusal({ error }: { readonly error: unknown }): ReactNode {
  return error ? <p className="bad sm selectable">{problemText(error)}</p> : null;
}

function describeUpdate(update: UpdateState): string {
  switch (update.kind) {
    case 'off':
      return update.reason;
    case 'current':
      return 'No newer version is known.';
    case 'checking':
      return 'Looking for a newer version…';
    case 'available':
      return `Version ${update.version} is there.`;
    case 'downloading':
      return `Fetching version ${update.version}: ${Math.round(update.percent)} %`;
    case 'ready':
      return `Version ${update.version} is installed when Forgehold ends.`;
    case 'failed':
      return update.message;
    default:
      return assertNever(update);
  }
}

type NextAction = { readonly action: 'check' | 'download' | 'install'; readonly label: string };

function nextAction(update: UpdateState): NextAction | null {
  if (update.kind === 'available') return { action: 'download', label: 'Fetch it' };
  if (update.kind === 'ready') return { action: 'install', label: 'Restart and install' };
  return update.kind === 'current' || update.kind === 'failed' ? { action: 'check', label: 'Look now' } : null;
}

/** The `forgehold` command of this app in the user's shells. */
export function AppCommand({ command }: { readonly command: string | null }): ReactNode {
  const action = useAction();
  return (
    <>
      <h2>Command line</h2>
      <div className="card">
        <Setting
          title={<span className="mono">forgehold</span>}
          about={command === null ? 'Opens folders, runs agents and follows what happens, from any shell.' : `On your PATH: ${command}`}
          problem={<Refusal error={action.error} />}
        >
          {command === null ? (
            <Button busy={action.busy} onClick={() => void action.run(async () => currentShell()?.call('shell.installCommand', {}))}>
              Put it on the PATH
            </Button>
          ) : null}
        </Setting>
      </div>
    </>
  );
}
