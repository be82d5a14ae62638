import type { BrowserContext, ConsoleMessage, Page } from 'playwright-core';
import { attachToCore } from '../../electron/ipc/attach.ts';
import { shellSettingsSchema } from '../../shared/model/shell.ts';
import { startDesktop } from '../fixtures/desktop.ts';
import { startDisplay } from '../fixtures/display.ts';
import { launchChromium } from '../support/chromium.ts';

/** What shows the interface of a running core: a browser, or the desktop app attached to it. A spec is the same for both. */
export type Viewer = {
  /** Opens the interface of the core of this data folder, with nothing remembered. */
  readonly open: (data: string) => Promise<AppPage>;
  readonly close: () => Promise<void>;
};

export type AppPage = {
  readonly page: Page;
  /** Errors of the page and of its console, policy violations among them. A spec ends by expecting none. */
  readonly complaints: string[];
  readonly clipboard: { readonly read: () => Promise<string>; readonly write: (text: string) => Promise<void> };
  /** The addresses that were opened outside of the page so far, whole. */
  readonly opened: () => Promise<readonly string[]>;
  /** Begins anew in the same page, with nothing remembered: many times quicker than another browser or window. */
  readonly startOver: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Which of the two: the `desktop` project of vitest.config.ts runs specs of this folder a second time. */
export const isDesktop = process.env['FORGEHOLD_TEST_SHELL'] === 'desktop';

/** `painted`: the terminals draw with WebGL, in software; else with elements, which a test can read. */
export function launchViewer(options: { readonly painted?: boolean } = {}): Promise<Viewer> {
  const graphics = options.painted
    ? ['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist']
    : ['--disable-gpu', '--disable-3d-apis', '--disable-software-rasterizer'];
  return isDesktop ? launchDesktop(graphics) : launchBrowser(graphics);
}

const openPages = new Set<Page>();
/** What those that were closed since the test began showed last. */
let lastSeen: string[] = [];
const mostText = 2000;

async function describePage(page: Page): Promise<string> {
  const text = await page.locator('body').innerText({ timeout: 2000 }).catch(String);
  const focus = await page.evaluate<string>('document.activeElement?.outerHTML.slice(0, 200)').catch(String);
  return `${page.url().replace(/^.*#/, '#')} had the focus on ${focus} and showed:\n${text.slice(0, mostText)}`;
}

/** A test begins: what the pages of another showed is forgotten. */
export function forgetPages(): void {
  lastSeen = [];
}

/** In words, for a test that failed: what its pages show, or showed before they were closed. */
export async function describePages(): Promise<readonly string[]> {
  return [...lastSeen, ...(await Promise.all([...openPages].map(describePage)))];
}

async function endPage(page: Page, close: () => Promise<void>): Promise<void> {
  lastSeen.push(await describePage(page));
  openPages.delete(page);
  await close();
}

const looks = { colorScheme: 'dark', reducedMotion: 'reduce' } as const;
const size = { width: 1440, height: 900 };

async function launchBrowser(graphics: readonly string[]): Promise<Viewer> {
  const browser = await launchChromium(...graphics);
  return {
    async open(data) {
      const context = await browser.newContext({ viewport: size, ...looks });
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      const page = await context.newPage();
      openPages.add(page);
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error' && !isCutShort(message.text())) complaints.push(message.text());
      });
      const opened = await catchOpened(context, page);
      await loadWhole(page, async () => page.goto(await mintUrl(data)));
      return {
        ...{ page, complaints, opened },
        startOver: () => loadWhole(page, () => startOver(page)),
        clipboard: {
          read: () => page.evaluate<string>('navigator.clipboard.readText()'),
          write: (text) => page.evaluate<undefined>(`navigator.clipboard.writeText(${JSON.stringify(text)})`),
        },
        close: () => endPage(page, () => context.close()),
      };
    },
    close: () => browser.close(),
  };
}

/**
 * Chromium gives up what it loads whenever an interface of the machine comes or goes, and an engine makes one for each network. That says
 * nothing of the page, and is no complaint of it; a page that was cut short so is loaded again.
 */
function isCutShort(text: string): boolean {
  return text.includes('net::ERR_NETWORK_CHANGED');
}

async function loadWhole(page: Page, load: () => Promise<unknown>, left = 3): Promise<void> {
  let isWhole = true;
  const look = (message: ConsoleMessage): void => void (isWhole &&= !isCutShort(message.text()));
  page.on('console', look);
  try {
    await load();
  } catch (error) {
    if (left === 1 || !isCutShort((error as Error).message)) throw error;
    isWhole = false;
  } finally {
    page.off('console', look);
  }
  if (!isWhole && left > 1) await loadWhole(page, load, left - 1);
}

/** Other pages get an answer without a network, and close once they were seen. */
async function catchOpened(context: BrowserContext, own: Page): Promise<AppPage['opened']> {
  const addresses: string[] = [];
  await context.route(
    (url) => !['127.0.0.1', 'localhost'].includes(url.hostname),
    async (route) => {
      if (route.request().isNavigationRequest()) addresses.push(route.request().url());
      await route.fulfill({ body: 'there' });
    },
  );
  context.on('page', (page) => {
    if (page !== own) void page.waitForLoadState().then(() => page.close());
  });
  return async () => addresses;
}

async function startOver(page: Page): Promise<void> {
  await page.setViewportSize(size);
  await page.emulateMedia(looks);
  await page.evaluate("localStorage.clear(); sessionStorage.clear(); history.replaceState(null, '', location.pathname)");
  await page.reload();
}

async function mintUrl(data: string): Promise<string> {
  const client = await attachToCore(data);
  try {
    return (await client.call('app.url', {})).url;
  } finally {
    client.close();
  }
}

async function launchDesktop(graphics: readonly string[]): Promise<Viewer> {
  const display = await startDisplay();
  /** As a browser ends its pages with itself. */
  const open = new Set<() => Promise<void>>();
  return {
    async open(data) {
      const desktop = await startDesktop({ data, display, switches: graphics, size });
      const { app, page, complaints, opened, close } = desktop;
      openPages.add(page);
      open.add(close);
      await page.emulateMedia(looks);
      return {
        ...{ page, complaints },
        close: () => endPage(page, close).finally(() => open.delete(close)),
        async startOver() {
          await page.evaluate(`window.forgehold.invoke('shell.set', ${JSON.stringify(shellSettingsSchema.parse({}))}, 'start over')`);
          await startOver(page);
        },
        opened: async () => opened(),
        clipboard: {
          read: () => app.evaluate(({ clipboard }) => clipboard.readText()),
          write: (text) => app.evaluate(({ clipboard }, value) => clipboard.writeText(value), text),
        },
      };
    },
    async close() {
      await Promise.all([...open].map((close) => close()));
      await display.stop();
    },
  };
}
