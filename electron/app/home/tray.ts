import { Menu, type MenuItemConstructorOptions, type NativeImage, Tray, nativeImage } from 'electron';
import type { Client } from '../../../shared/contract/client.ts';
import { AppError } from '../../../shared/errors.ts';
import { plural } from '../../../shared/format.ts';
import type { Answer } from '../../../shared/model/domain.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Intents } from '../intents.ts';
import type { Live } from '../live.ts';
import type { ShellStateStore } from '../shell-state.ts';
import { type BlockedName, isWaiting } from './blocked.ts';
import { escapeLabel } from './menu-model.ts';
import { plainHost, plainText } from './plain-text.ts';
import { type TrayAction, type TrayEntry, type TrayModel, buildTray } from './tray-model.ts';

export type TrayIcon = 'plain' | 'attention';

export type TrayOptions = {
  readonly client: Client;
  readonly log: Logger;
  readonly live: Live;
  readonly state: ShellStateStore;
  readonly intents: Intents;
  /** Absolute path of an icon by its name, for this platform and the desktop's colours. */
  readonly icon: (icon: TrayIcon) => string;
  readonly show: () => void;
  readonly quit: () => void;
};

/** Changes come in bursts; a menu that is rebuilt closes on some desktops. Milliseconds. */
const pause = 250;

/** The icon in the menu bar or notification area, while the user wants it. A desktop without such a place shows nothing; starting the app again shows the window. */
export function keepTray(options: TrayOptions): void {
  new TrayKeeper(options).start();
}

class TrayKeeper {
  readonly #options: TrayOptions;
  #tray: Tray | null = null;
  #shown = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TrayOptions) {
    this.#options = options;
  }

  start(): void {
    const { live, state } = this.#options;
    this.#follow(state.get().settings.tray);
    state.onChange(({ settings }) => this.#follow(settings.tray));
    live.onChange(() => {
      if (this.#tray) this.#timer ??= setTimeout(() => this.#refresh(), pause);
    });
  }

  #follow(wanted: boolean): void {
    if (wanted === (this.#tray !== null)) return;
    if (!wanted) {
      this.#tray?.destroy();
      this.#tray = null;
      return;
    }
    this.#tray = new Tray(this.#image('plain'));
    // Where a click is told apart from the menu, it opens the window; a Mac opens the menu with either.
    if (process.platform !== 'darwin') this.#tray.on('click', this.#options.show);
    this.#shown = '';
    this.#refresh();
  }

  #refresh(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#tray) return;
    const model = buildTray(this.#options.live.get());
    const text = JSON.stringify(model);
    if (text === this.#shown) return;
    this.#shown = text;
    this.#show(this.#tray, model);
  }

  #show(tray: Tray, { tooltip, attention, entries }: TrayModel): void {
    tray.setImage(this.#image(attention ? 'attention' : 'plain'));
    tray.setToolTip(tooltip);
    tray.setContextMenu(Menu.buildFromTemplate(entries.map((entry) => this.#toItem(entry))));
  }

  #toItem(entry: TrayEntry): MenuItemConstructorOptions {
    switch (entry.kind) {
      case 'line':
        return { type: 'separator' };
      case 'text':
        return { label: escapeLabel(entry.label), enabled: false };
      case 'menu':
        return { label: escapeLabel(entry.label), submenu: entry.entries.map((item) => this.#toItem(item)) };
      case 'entry':
        return { label: escapeLabel(entry.label), click: () => this.#act(entry.action) };
    }
  }

  #act(action: TrayAction): void {
    const { intents, show, quit } = this.#options;
    if (action.kind === 'intent') intents.push(action.intent);
    else if (action.kind === 'call') void this.#try(action.call, () => this.#callForAll(action.call));
    else if (action.kind === 'answer') void this.#try('domains.answer', () => this.#answer(action.blocked, action.answer));
    else if (action.kind === 'show') show();
    else quit();
  }

  async #callForAll(name: 'workspaces.pauseAll' | 'workspaces.resumeAll'): Promise<void> {
    const { failures } = await this.#options.client.call(name, {});
    const [first] = failures;
    if (first) throw new AppError(first.error.code, `${plural(failures.length, 'workspace')} did not: ${first.error.message}`);
  }

  /** The menu may have been open for long. */
  async #answer(blocked: BlockedName, answer: Answer): Promise<void> {
    const { client, live } = this.#options;
    const now = live.get();
    if (!now || !isWaiting(now, blocked))
      throw new AppError('domains/not-waiting', `${plainHost(blocked.host)} waits for no answer any more. Nothing was changed.`);
    const { workspaceId, host, ports } = blocked;
    for (const port of ports) await client.call('domains.answer', { workspaceId, host, port, answer });
  }

  /** What went wrong is said in the window: the menu is closed by then. */
  async #try(what: string, deed: () => Promise<void>): Promise<void> {
    const { intents, log } = this.#options;
    try {
      await deed();
    } catch (error) {
      log.warn({ error }, `${what} from the tray failed`);
      const message = error instanceof AppError ? error.message : 'That did not work. The log has the details.';
      intents.push({ kind: 'refused', message: plainText(message, 500) });
    }
  }

  #image(icon: TrayIcon): NativeImage {
    const image = nativeImage.createFromPath(this.#options.icon(icon));
    if (process.platform === 'darwin') image.setTemplateImage(true);
    return image;
  }
}
