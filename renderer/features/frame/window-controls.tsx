import type { ReactNode } from 'react';
import { currentShell, useShell } from '../../lib/shell.ts';
import { Icon } from '../../ui/icon.tsx';
import styles from './frame.module.css';

type Action = 'minimize' | 'maximize' | 'close';

function act(action: Action): void {
  void currentShell()?.call('shell.window', { action });
}

/** At the right end of the title bar, where the system draws none. Outside of what is inert under a sheet. */
export function WindowControls(): ReactNode {
  const { state } = useShell();
  if (!state?.drawsControls) return null;
  return (
    <div className={styles.controls} role="group" aria-label="Window">
      <WindowButton icon="minimize" title="Minimise" onPress={() => act('minimize')} />
      <WindowButton icon={state.maximized ? 'restore' : 'maximize'} title={state.maximized ? 'Restore' : 'Maximise'} onPress={() => act('maximize')} />
      <WindowButton icon="x" title="Close the window" onPress={() => act('close')} />
    </div>
  );
}

/** At the left end, where the window has no menu bar: all menus as one. */
export function MenuButton(): ReactNode {
  const { state } = useShell();
  if (!state?.drawsControls) return null;
  return <WindowButton icon="menu" title="Menu" onPress={() => void currentShell()?.call('shell.menu', {})} />;
}

type ButtonProps = { readonly icon: 'minimize' | 'maximize' | 'restore' | 'x' | 'menu'; readonly title: string; readonly onPress: () => void };

function WindowButton({ icon, title, onPress }: ButtonProps): ReactNode {
  return (
    <button type="button" className="btn quiet icon" title={title} aria-label={title} onClick={onPress}>
      <Icon name={icon} />
    </button>
  );
}
