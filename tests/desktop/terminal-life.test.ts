import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Terminal } from '../../shared/model/terminal.ts';
import { readScreen } from '../e2e/pane.ts';
import { screensOf } from '../e2e/screens.ts';
import { until } from '../fixtures/core.ts';
import { type Desktop, hasElectron, inPage, startDesktop } from '../fixtures/desktop.ts';
import { type Display, startDisplay } from '../fixtures/display.ts';
import { type LiveWorkspace, createLiveWorkspace } from '../fixtures/live-workspace.ts';

/** A terminal in the desktop window, attached to a real core with a real workspace, through whatever may happen to either. */
describe.skipIf(!hasElectron)('a terminal in the window', () => {
  let display: Display;
  let live: LiveWorkspace;
  let desktop: Desktop;
  let shell: Terminal;

  beforeAll(async () => {
    [display, live] = await Promise.all([startDisplay(), createLiveWorkspace()]);
    desktop = await startDesktop({
      data: live.core.data,
      display,
      switches: ['--disable-gpu', '--disable-software-rasterizer'],
      size: { width: 1200, height: 800 },
    });
    await desktop.page.evaluate(
      "window.violations = []; addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective + ' ' + event.blockedURI))",
    );
    shell = await live.core.call('terminals.open', { workspaceId: live.workspaceId, kind: 'shell' });
    await show();
  });
  afterAll(async () => {
    await desktop?.close();
    await live?.end();
    await display?.stop();
  });

  async function show(): Promise<void> {
    await desktop.page.evaluate(`location.hash = '#/w/${live.workspaceId}/terminals/${shell.terminalId}'`);
    await shows(/[$#](\s|$)/);
  }
  /** What the window draws. */
  function shows(text: string | RegExp, milliseconds = 60_000): Promise<unknown> {
    const fits = (screen: string): boolean => (typeof text === 'string' ? screen.includes(text) : text.test(`${screen} `));
    return until(() => readScreen(desktop.page.locator('section.pane').first()).catch(() => ''), fits, `"${String(text)}" in the window`, milliseconds);
  }
  async function type(line: string): Promise<void> {
    await screensOf(desktop.page).terminal.focus();
    await desktop.page.keyboard.type(`${line}\n`);
  }

  it('works under the policy of the page, which nothing of it breaks', async () => {
    await type(
      String.raw`printf '\033[1;32mgreen\033[0m \033[48;5;52mground\033[0m 界 \033]8;;https://forge.example/\033\\link\033]8;;\033\\ %s\n' "sum $((40 + 2))"`,
    );
    await shows('sum 42');
    expect(await desktop.page.evaluate('window.violations')).toEqual([]);
    expect(desktop.complaints).toEqual([]);
  });

  it('keeps what is typed before its font is there, and no program can be reached yet', async () => {
    const { page } = desktop;
    const first = shell;
    shell = await live.core.call('terminals.open', { workspaceId: live.workspaceId, kind: 'shell' });
    await page.evaluate(`(() => {
      const load = document.fonts.load.bind(document.fonts);
      const come = new Promise((resolve) => { window.letFontCome = resolve; });
      document.fonts.load = (...words) => come.then(() => load(...words));
    })()`);
    await page.evaluate(`location.hash = '#/w/${live.workspaceId}/terminals/${shell.terminalId}'`);
    await until(
      () => readScreen(page.locator('section.pane').first()).catch(() => '?'),
      (screen) => screen.trim() === '',
      'a pane that shows nothing yet',
    );
    await type('echo "early $((40 + 2))"');
    await page.evaluate('window.letFontCome()');
    await shows('early 42');
    expect(desktop.complaints).toEqual([]);
    await live.core.call('terminals.close', { terminalId: shell.terminalId });
    shell = first;
    await show();
  });

  it('says so when its core is killed, keeps its screen, and goes on with the next core', { timeout: 200_000 }, async () => {
    await type('echo "before $((40 + 2))"');
    await shows('before 42');
    await live.core.kill();
    const banner = desktop.page
      .getByRole('alert')
      .or(desktop.page.getByRole('status'))
      .filter({ hasText: /reconnect|not running|ended|looked for/i });
    await banner.first().waitFor();
    await shows('before 42');
    const answer = await desktop.page.evaluate<{ ok: boolean; error?: { code: string } }>("window.forgehold.invoke('app.info', {}, 500)");
    expect(answer).toMatchObject({ ok: false, error: { code: 'connection/lost' } });
    await live.restart();
    await banner.first().waitFor({ state: 'detached' });
    await shows('before 42');
    await type('echo "after $((50 + 2))"');
    await shows('after 52');
  });

  it('comes back with its terminal when the process of its page has died', { timeout: 120_000 }, async () => {
    await type('clear; for i in $(seq 60); do echo "line $i"; done');
    await shows('line 60');
    await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.webContents.forcefullyCrashRenderer());
    const drawn = await until(
      () => inPage(desktop, "document.querySelector('.xterm-rows')?.innerText ?? ''").then(String, () => ''),
      (text) => text.replaceAll('\u00a0', ' ').includes('line 60'),
      'the terminal in the new page',
      90_000,
    );
    expect(drawn.replaceAll('\u00a0', ' ')).toContain('line 59');
  });
});
