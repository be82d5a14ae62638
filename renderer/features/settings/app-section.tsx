import type { ReactNode } from 'react';
import type { ShellSettings, ShellState } from '../../../shared/model/shell.ts';
import { setShell, useShell } from '../../lib/shell.ts';
import { useAction } from '../../lib/use-action.ts';
import { problemText } from '../../ui/problem.tsx';
import { Switch } from '../../ui/switch.tsx';
import { AppCommand, AppUpdates } from './app-updates.tsx';
import { Setting } from './setting.tsx';

/** How the app lives on this computer's desktop; only the window has this section. */
export function AppSection(): ReactNode {
  const { state } = useShell();
  const action = useAction();
  if (!state) return null;
  const change = (next: Partial<ShellSettings>): void => void action.run(() => setShell(next));
  return (
    <>
      <header>
        <h1>This app</h1>
        <p className="dim">The window on this computer. What concerns your projects is in the other sections.</p>
      </header>
      {action.error ? <p className="bad selectable">{problemText(action.error)}</p> : null}
      <Desktop state={state} onChange={change} />
      <AppUpdates state={state} onChannel={(updates) => change({ updates })} />
      <AppCommand command={state.command} />
    </>
  );
}

type Props = { readonly state: ShellState; readonly onChange: (change: Partial<ShellSettings>) => void };

function Desktop({ state, onChange }: Props): ReactNode {
  const { settings, platform } = state;
  const place = platform === 'darwin' ? 'menu bar' : 'notification area';
  return (
    <div className="card">
      <Setting title="Icon" about={`In the ${place}, where your desktop has one: recent projects, what needs you, a new workspace.`}>
        <Switch label={`Icon in the ${place}`} on={settings.tray} onChange={(tray) => onChange({ tray })} />
      </Setting>
      <Setting title="Notifications" about="When something needs an answer, failed or ended while you look elsewhere. Nothing is answered from there.">
        <Switch label="Notifications" on={settings.notifications === 'attention'} onChange={(on) => onChange({ notifications: on ? 'attention' : 'none' })} />
      </Setting>
      <Setting title="Open at login" about="Starts with your session, without a window.">
        <Switch label="Open at login" on={settings.openAtLogin} onChange={(openAtLogin) => onChange({ openAtLogin })} />
      </Setting>
    </div>
  );
}
