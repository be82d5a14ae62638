import { join } from 'node:path';
import { BrowserWindow, nativeTheme } from 'electron';
import { appPage, isOurPage, recoveryPage } from './security.ts';
import { leastSize, type WindowPlace } from './window-place.ts';

/** `--bg-page` of the interface's tokens: what shows before the first paint. */
const backgrounds = { dark: '#101113', light: '#fcfcfd' } as const;

export function backgroundColour(): string {
  return backgrounds[nativeTheme.shouldUseDarkColors ? 'dark' : 'light'];
}

/** The page's own title bar, 40 px high: with the system's three buttons in it on a Mac, with the page's own elsewhere. */
const titleBar =
  process.platform === 'darwin' ? ({ titleBarStyle: 'hiddenInset', trafficLightPosition: { x: 14, y: 13 } } as const) : ({ frame: false } as const);
export const drawsControls = process.platform !== 'darwin';

export type WindowKeeper = {
  readonly current: () => BrowserWindow | null;
  /** Brings the window forth; makes it when there is none. */
  readonly show: () => BrowserWindow;
  readonly send: (channel: string, payload: unknown) => void;
};

export type WindowKeeperOptions = {
  readonly onMade: (window: BrowserWindow) => void;
  /** Where it appears. */
  readonly findPlace: () => WindowPlace;
};

/** The one window. It shows at once, in the theme's colour, and paints when it can. */
export function createWindowKeeper({ onMade, findPlace }: WindowKeeperOptions): WindowKeeper {
  let window: BrowserWindow | null = null;
  function make(): BrowserWindow {
    const { bounds, maximized } = findPlace();
    const made = new BrowserWindow({
      ...bounds,
      minWidth: leastSize.width,
      minHeight: leastSize.height,
      title: 'Forgehold',
      backgroundColor: backgroundColour(),
      ...titleBar,
      webPreferences: {
        preload: join(import.meta.dirname, 'preload.cjs'),
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
        // A terminal that nobody sees still takes what its program writes.
        backgroundThrottling: false,
      },
    });
    made.once('closed', () => (window = null));
    // A page may blank itself in ways that nobody is asked about; it has no bridge then, and the window is of no use.
    made.webContents.on('did-navigate', (_event, url) => {
      if (!isOurPage(url) && url !== recoveryPage) void made.loadURL(appPage);
    });
    onMade(made);
    if (maximized) made.maximize();
    void made.loadURL(appPage);
    return made;
  }
  return {
    current: () => window,
    show() {
      if (!window) return (window = make());
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
      return window;
    },
    send(channel, payload) {
      // A page that took the window's place must not hear what is meant for ours.
      if (window && !window.webContents.isDestroyed() && isOurPage(window.webContents.mainFrame.url)) window.webContents.send(channel, payload);
    },
  };
}
