import { type BaseWindow, Menu, type MenuItemConstructorOptions } from 'electron';
import type { Intents } from '../intents.ts';
import { type MenuEntry, buildMenu, escapeLabel } from './menu-model.ts';

export type AppMenuOptions = { readonly platform: NodeJS.Platform; readonly intents: Intents; readonly quit: () => void };

export type AppMenu = {
  /** The page offers these commands now; the others show as not available. */
  readonly offer: (ids: readonly string[]) => void;
  /** Opens all menus as one under the button of a title bar that has no menu bar. */
  readonly popUp: (window: BaseWindow) => void;
};

/** Below a title bar of 40 px, at its left end. */
const below = { x: 8, y: 40 } as const;

/** The application menu. An entry leads the page to its command; the page itself looks at every chord before the menu does. */
export function createAppMenu({ platform, intents, quit }: AppMenuOptions): AppMenu {
  const mac = platform === 'darwin';
  function toItem(entry: MenuEntry): MenuItemConstructorOptions {
    // On Linux what goes with Ctrl alone is for the program in the terminal: no role may take it.
    const accelerator = 'accelerator' in entry && entry.accelerator !== undefined ? { accelerator: entry.accelerator } : {};
    switch (entry.kind) {
      case 'line':
        return { type: 'separator' };
      case 'role':
        return { role: entry.role, ...accelerator, ...(!mac && entry.role !== 'togglefullscreen' && { registerAccelerator: false }) };
      case 'quit':
        return { label: entry.label, ...accelerator, click: quit };
      case 'menu':
        return { label: escapeLabel(entry.label), ...(entry.role && { role: entry.role }), submenu: entry.entries.map(toItem) };
      case 'command':
        return {
          id: entry.id,
          label: escapeLabel(entry.label),
          ...accelerator,
          ...(!mac && { registerAccelerator: false }),
          click: () => intents.push({ kind: 'command', id: entry.id }),
        };
    }
  }
  const model = buildMenu(mac ? 'desktop-mac' : 'desktop');
  const menu = Menu.buildFromTemplate(model.map(toItem));
  Menu.setApplicationMenu(menu);
  return {
    offer(ids) {
      const offered = new Set(ids);
      for (const id of commandsOf(model)) {
        const item = menu.getMenuItemById(id);
        if (item && item.enabled !== offered.has(id)) item.enabled = offered.has(id);
      }
    },
    popUp: (window) => menu.popup({ window, ...below }),
  };
}

function commandsOf(entries: readonly MenuEntry[]): string[] {
  return entries.flatMap((entry) => (entry.kind === 'command' ? [entry.id] : entry.kind === 'menu' ? commandsOf(entry.entries) : []));
}
