import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Terminal } from '../../shared/model/terminal.ts';
import { until } from '../fixtures/core.ts';
import { type LiveWorkspace, createLiveWorkspace } from '../fixtures/live-workspace.ts';
import { screensOf } from './screens.ts';
import { type AppPage, type Viewer, launchViewer } from './viewer.ts';

let live: LiveWorkspace;
let viewer: Viewer;
let app: AppPage;
let page: Page;
let complaints: string[];
let shell: Terminal;

beforeAll(async () => {
  // No model is needed: what is tried here happens in the prompt.
  const env = { ANTHROPIC_BASE_URL: 'http://api.fake-model.example' };
  const before: Parameters<typeof createLiveWorkspace>[0] = {
    ...{ agent: 'claude-code', env },
    before: async (core) => void (await core.call('agents.setKey', { agent: 'claude-code', apiKey: 'sk-ant-test-terminal' })),
  };
  [live, viewer] = await Promise.all([createLiveWorkspace(before), launchViewer()]);
  app = await viewer.open(live.core.data);
  ({ page, complaints } = app);
});
afterAll(async () => {
  await viewer?.close();
  await live?.end();
});
beforeEach(async () => {
  shell = await live.core.call('terminals.open', { workspaceId: live.workspaceId, kind: 'shell' });
  await show(shell);
});
afterEach(async () => {
  await live.core.call('terminals.close', { terminalId: shell.terminalId });
  if (complaints.length > 0) throw new Error(`The page complains: ${complaints.splice(0).join('; ')}`);
});

async function show(terminal: Terminal): Promise<void> {
  await page.evaluate(`location.hash = '#/w/${live.workspaceId}/terminals/${terminal.terminalId}'`);
  await page.locator('.xterm').waitFor();
  await shows(terminal, /[$#>] /);
  await screensOf(page).terminal.focus();
}

async function linesOf(terminal: Terminal): Promise<string[]> {
  return (await live.core.call('terminals.screen', { terminalId: terminal.terminalId })).lines;
}

function shows(terminal: Terminal, text: string | RegExp): Promise<string[]> {
  const holds = (line: string): boolean => (typeof text === 'string' ? line.includes(text) : text.test(`${line} `));
  return until(
    () => linesOf(terminal),
    (lines) => lines.some(holds),
    `${String(text)} in the terminal`,
  );
}

/** In the shell, by the core: what is tried in the browser is something else. */
async function run(line: string): Promise<void> {
  await live.core.call('terminals.send', { terminalId: shell.terminalId, text: line, enter: true });
}

/** The rows that the browser draws. */
function drawn(): Promise<string> {
  return page.locator('.xterm-rows').first().innerText();
}

function drawnWith(text: string): Promise<unknown> {
  return until(drawn, (seen) => seen.replaceAll('\u00a0', ' ').includes(text), `"${text}" drawn`);
}

test('Shift+Enter makes a new line in the prompt of the real Claude Code', { timeout: 240_000 }, async () => {
  const agent = await live.core.call('terminals.open', { workspaceId: live.workspaceId, kind: 'agent' });
  await page.evaluate(`location.hash = '#/w/${live.workspaceId}/terminals/${agent.terminalId}'`);
  await shows(agent, 'bypass permissions on');
  await screensOf(page).terminal.focus();
  await page.keyboard.type('the first line', { delay: 8 });
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('and the second', { delay: 8 });
  const lines = await shows(agent, 'and the second');
  const first = lines.findIndex((line) => line.includes('the first line'));
  // Both in the prompt, one below the other; sent off, the first would stand above the frame of an empty prompt.
  expect(lines[first + 1]).toContain('and the second');
  await page.keyboard.press('Enter');
  await until(
    () => linesOf(agent),
    (now) => now.findIndex((line) => line.includes('the first line')) !== first,
    'the prompt to be sent off',
  );
});

test('a paste of several lines is one bracketed paste, by key', async () => {
  await run(String.raw`printf '\033[?2004h'; exec cat -v`);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await app.clipboard.write('one\ntwo\nthree');
  await page.keyboard.press('Control+Shift+V');
  await shows(shell, 'three');
  await page.keyboard.press('Enter');
  const lines = await shows(shell, 'three^[[201~');
  expect(lines.join('\n').match(/\^\[\[200~one/g)?.length).toBeGreaterThan(0);
  expect(lines.join('\n')).not.toContain('^[[200~two');
});

test('Ctrl+Shift+C copies what is selected, and types nothing', async () => {
  await run('clear; echo some-word-to-copy');
  await drawnWith('some-word-to-copy');
  const row = page.locator('.xterm-rows > div', { hasText: 'some-word-to-copy' }).last();
  const box = (await row.boundingBox())!;
  await page.mouse.dblclick(box.x + 40, box.y + box.height / 2);
  await page.keyboard.press('Control+Shift+C');
  await until(app.clipboard.read, (text) => text.includes('copy'), 'the copy');
  expect(await app.clipboard.read()).toContain('some-word-to-copy');
  expect((await linesOf(shell)).join('')).not.toContain('^C');
});

test('a program may put text on the clipboard, and may not read it', async () => {
  await app.clipboard.write('a secret');
  await run(String.raw`printf '\033]52;c;?\007'; read -rt 1 x; echo "read:$x."`);
  await shows(shell, /^read:\./);
  await run(String.raw`printf '\033]52;c;%s\007' "$(printf from-inside | base64)"`);
  await until(app.clipboard.read, (text) => text !== 'a secret', 'the text of the program');
  expect(await app.clipboard.read()).toBe('from-inside');
});

/** For printf. */
function link(uri: string, text: string): string {
  return String.raw`\033]8;;${uri}\033\\${text}\033]8;;\033\\ \n`;
}

test('links open for http and https only', async () => {
  await run(
    `clear; printf '${link('https://forge.example/ok', 'GOOD')}${link('javascript:alert(1)', 'SCRIPT')}${link('file:///etc/passwd', 'FILED')}'; echo https://plain.example/x`,
  );
  // The command itself names all of them: its line must be gone, or the rows still move under the pointer.
  await until(
    drawn,
    (seen) => !seen.includes('printf') && seen.split('\n').some((row) => row.startsWith('https://plain')),
    'what the command printed, and nothing of the command',
  );
  for (const word of ['SCRIPT', 'FILED', 'GOOD', 'https://plain']) {
    const row = page.locator('.xterm-rows > div', { hasText: word }).last();
    const box = (await row.boundingBox())!;
    await page.mouse.move(box.x + 12, box.y + box.height / 2 + 1);
    await page.waitForTimeout(300);
    await page.mouse.click(box.x + 14, box.y + box.height / 2);
    await page.waitForTimeout(300);
  }
  await until(app.opened, (all) => all.length >= 2, 'two pages');
  expect(await app.opened()).toEqual(['https://forge.example/ok', 'https://plain.example/x']);
});

test('nothing types answers into an idle program when its terminal is restored', async () => {
  await run(
    String.raw`clear; stty -echo; printf '\033[c\033[>c\033[6n\033[5n\033[>q\033[0c'; sleep 1; while read -rsn1 -t 0.2; do :; done; echo dr''ained; exec cat -v`,
  );
  await shows(shell, 'drained');
  const before = await linesOf(shell);
  await page.reload();
  await drawnWith('drained');
  await page.waitForTimeout(1_500);
  await page.keyboard.press('Enter');
  await page.waitForTimeout(300);
  expect((await linesOf(shell)).filter((line) => line !== '')).toEqual(before.filter((line) => line !== ''));
});

test('a program that asks for the colours is told those of the theme, once', async () => {
  const ask = String.raw`clear; stty -echo; printf '\033]11;?\007'; IFS= read -rst 2 -d $'\007' x; IFS= read -rsn 1 -t 1 y; printf '%q then %q\n' "$x" "$y"; stty echo`;
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.waitForTimeout(500);
  await run(ask);
  await shows(shell, /0d0d\/0e0e\/1010.* then ''/);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.waitForTimeout(500);
  await run(ask);
  const lines = await shows(shell, /ffff\/ffff\/ffff.* then ''/);
  expect(lines.join('')).not.toContain('0d0d');
  await page.emulateMedia({ colorScheme: 'dark' });
});

const size = (): Promise<unknown> => live.core.call('terminals.screen', { terminalId: shell.terminalId }).then((screen) => screen.size);

test('a terminal that was hidden comes back at its size, with its screen', async () => {
  await run('clear; echo still-here');
  await drawnWith('still-here');
  const before = await size();
  await page.evaluate(`location.hash = '#/w/${live.workspaceId}/domains'`);
  await page.locator('.xterm').waitFor({ state: 'detached' });
  await page.waitForTimeout(300);
  expect(await size()).toEqual(before);
  await show(shell);
  await drawnWith('still-here');
  await page.waitForTimeout(300);
  expect(await size()).toEqual(before);
});

test('a terminal that is there before its font has the size of that font all the same', async () => {
  await run('clear; echo still-here');
  await drawnWith('still-here');
  const before = await size();
  await page.route('**/*.woff2', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await route.continue();
  });
  await page.reload();
  await drawnWith('still-here');
  await page.unroute('**/*.woff2');
  expect(await size()).toEqual(before);
});

test('the wheel scrolls back', async () => {
  await run('clear; seq 1 500');
  await drawnWith('500');
  expect((await drawn()).split('\n')).not.toContain('400');
  await page.locator('.xterm').hover();
  for (let turn = 0; turn < 100 && !(await drawn()).split(/\s+/).includes('400'); turn += 1) {
    await page.mouse.wheel(0, -300);
    await page.waitForTimeout(40);
  }
  expect((await drawn()).split(/\s+/)).toContain('400');
});

test('WebGL draws what is seen, and lets go of what is not', async () => {
  const painted = await launchViewer({ painted: true });
  try {
    const { page: other } = await painted.open(live.core.data);
    await other.evaluate(`location.hash = '#/w/${live.workspaceId}/terminals/${shell.terminalId}'`);
    const canvases = other.locator('.xterm canvas');
    await other.locator('.xterm').waitFor();
    await until(
      () => canvases.count(),
      (count) => count > 0,
      'a canvas',
    );
    await other.evaluate(`location.hash = '#/w/${live.workspaceId}/domains'`);
    await other.locator('.xterm').waitFor({ state: 'detached' });
    await other.evaluate(`location.hash = '#/w/${live.workspaceId}/terminals/${shell.terminalId}'`);
    await until(
      () => canvases.count(),
      (count) => count > 0,
      'a canvas again',
    );
    expect(await canvases.count()).toBeGreaterThan(0);
  } finally {
    await painted.close();
  }
});
