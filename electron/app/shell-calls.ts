import { type BrowserWindow, dialog } from 'electron';
import type { CoreLink } from './core-link.ts';
import type { Intents } from './intents.ts';
import { openExternal } from './security.ts';
import type { ShellStateStore } from './shell-state.ts';
import type { ShellHandlers } from './transport.ts';
import type { WindowKeeper } from './window.ts';

export type ShellCallOptions = {
  readonly state: ShellStateStore;
  readonly window: WindowKeeper;
  readonly intents: Intents;
  readonly core: CoreLink;
  readonly quit: () => void;
};

type OwnCall = 'shell.state' | 'shell.pick' | 'shell.openExternal' | 'shell.window' | 'shell.takeIntents' | 'shell.retry' | 'shell.quit';

/** What the shell does for its page. */
export function createShellCalls({ state, window, intents, core, quit }: ShellCallOptions): Pick<ShellHandlers, OwnCall> {
  return {
    'shell.state': () => state.get(),
    'shell.pick': async ({ kind, title, startAt }) => {
      const properties = [kind === 'folder' ? 'openDirectory' : 'openFile', 'createDirectory'] as const;
      const chosen = await dialog.showOpenDialog(window.show(), { title, properties: [...properties], ...(startAt !== undefined && { defaultPath: startAt }) });
      return { path: chosen.canceled ? null : (chosen.filePaths[0] ?? null) };
    },
    'shell.openExternal': async ({ url }) => {
      await openExternal(url);
      return {};
    },
    'shell.window': ({ action }) => {
      const current = window.current();
      if (current) act(current, action);
      return {};
    },
    'shell.takeIntents': () => [...intents.take()],
    'shell.retry': () => {
      core.retry();
      return {};
    },
    'shell.quit': () => {
      quit();
      return {};
    },
  };
}

function act(window: BrowserWindow, action: 'minimize' | 'maximize' | 'close'): void {
  if (action === 'close') window.close();
  else if (action === 'minimize') window.minimize();
  else if (window.isMaximized()) window.unmaximize();
  else window.maximize();
}
