import { join } from 'node:path';
import { nativeTheme } from 'electron';
import type { Client } from '../../../shared/contract/client.ts';
import type { ShellSettings } from '../../../shared/model/shell.ts';
import type { Logger } from '../../lib/logger.ts';
import { appFolder } from '../../lib/places.ts';
import type { Intents } from '../intents.ts';
import type { Kept } from '../kept.ts';
import type { Live } from '../live.ts';
import type { ShellStateStore } from '../shell-state.ts';
import type { ShellHandlers } from '../transport.ts';
import type { WindowKeeper } from '../window.ts';
import { keepAttention } from './attention-keeper.ts';
import { setLoginItem } from './login-item.ts';
import { createAppMenu } from './menu.ts';
import { keepTheme } from './theme.ts';
import { keepTray, type TrayIcon } from './tray.ts';

export type HomeOptions = {
  readonly settings: Kept<ShellSettings>;
  readonly state: ShellStateStore;
  readonly client: Client;
  readonly live: Live;
  readonly window: WindowKeeper;
  readonly intents: Intents;
  readonly quit: () => void;
  readonly log: Logger;
};

/** What makes the app at home on the user's desktop: theme, menus, tray, attention, and the settings of all these. */
export function settleAtHome(options: HomeOptions): Pick<ShellHandlers, 'shell.set' | 'shell.offer' | 'shell.menu'> {
  const { settings, state, client, live, window, intents, quit, log } = options;
  keepTheme(state, window);
  const menu = createAppMenu({ platform: process.platform, intents, quit });
  keepTray({ client, log, live, state, intents, icon: trayIcon, show: () => void window.show(), quit });
  keepAttention({ live, state, window, intents, log });
  return {
    async 'shell.set'(change) {
      if (change.openAtLogin !== undefined && change.openAtLogin !== state.get().settings.openAtLogin) await setLoginItem(change.openAtLogin);
      try {
        settings.set(change);
      } finally {
        // What could not be written down holds until the end.
        state.set({ settings: settings.get() });
      }
      return state.get();
    },
    'shell.offer': ({ commands }) => {
      menu.offer(commands);
      return {};
    },
    'shell.menu': () => {
      const current = window.current();
      if (current) menu.popUp(current);
      return {};
    },
  };
}

/** A Mac colours the drawing itself; elsewhere it is drawn for a dark or a light panel, which most often follows the desktop's theme. */
function trayIcon(icon: TrayIcon): string {
  const folder = join(appFolder, 'resources/icons/tray');
  if (process.platform === 'darwin') return join(folder, icon === 'attention' ? 'trayAttentionTemplate.png' : 'trayTemplate.png');
  const ground = nativeTheme.shouldUseDarkColors ? 'dark' : 'light';
  return join(folder, `tray-on-${ground}${icon === 'attention' ? '-attention' : ''}.png`);
}
