import { createStore, useStore } from 'zustand';
import type { ShellSettings, ShellState } from '../../shared/model/shell.ts';
import type { Shell } from './bridge.ts';

/** The desktop window around this page; null in a browser, where nothing of it is shown. */
type Around = { readonly shell: Shell | null; readonly state: ShellState | null };

const store = createStore<Around>()(() => ({ shell: null, state: null }));

/** Learns of the window, now and after each change. */
export function connectShell(shell: Shell): void {
  const learn = (state: ShellState): void => {
    // Styles leave room for the system's window buttons, and make the title bar move the window.
    document.documentElement.dataset['shell'] = state.platform;
    if (state.drawsControls) document.documentElement.dataset['controls'] = '';
    store.setState({ shell, state });
  };
  shell.on('shell.changed', learn);
  void shell.call('shell.state', {}).then(learn);
}

export function currentShell(): Shell | null {
  return store.getState().shell;
}

export function useShell(): Around {
  return useStore(store);
}

/** Rejects with what the shell says when it does not keep it. */
export async function setShell(change: Partial<ShellSettings>): Promise<void> {
  const { shell } = store.getState();
  if (shell) store.setState({ state: await shell.call('shell.set', change) });
}

export function onShellState(listener: (state: ShellState) => void): () => void {
  return store.subscribe(({ state }, before) => state && state !== before.state && listener(state));
}
