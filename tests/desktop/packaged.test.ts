import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { createPackage, extractAll } from '@electron/asar';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { type Browser, type Page, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { compareTrees, readTree } from '../../build/package/compare.ts';
import { inspectPackage, type PackagedApp, programOf, resourcesOf } from '../../build/package/contents.ts';
import { packageApp } from '../../build/package/stage.ts';
import { wrapApp } from '../../build/package/wrap.ts';
import { findElectron } from '../../build/setup/electron.ts';
import { projectFolder } from '../../build/setup/paths.mjs';
import { run } from '../../build/setup/run.mjs';
import { screensOf } from '../e2e/screens.ts';
import { until } from '../fixtures/core.ts';
import { type Display, startDisplay } from '../fixtures/display.ts';
import { hasPackageTools, preparePackageTools } from '../fixtures/package-tools.ts';
import { startWholeCore, type WholeCore } from '../fixtures/whole-core.ts';

/** What users install, made and started here: the same Forge and electron-builder as in a release, with tools that need no download. */

const electron = findElectron({ forTests: true });
const isRoot = process.getuid?.() === 0;

let out: string;
let app: PackagedApp;
let files: readonly string[];
let display: Display;
let whole: WholeCore;
const running: ChildProcess[] = [];

type Window = { readonly page: Page; readonly close: () => Promise<void> };

/** Release builds take no inspector; what shows pages answers the browser's protocol. */
async function openWindow(program: string, argv: readonly string[] = [], environment: NodeJS.ProcessEnv = {}): Promise<Window> {
  const words = ['--remote-debugging-port=0', `--user-data-dir=${mkdtempSync(path.join(out, 'profile-'))}`, '--disable-gpu', '--disable-3d-apis', ...argv];
  const env = { ...process.env, ...display.environment, ...environment };
  const child = spawn(program, [...(isRoot ? ['--no-sandbox'] : []), ...words], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const address = await until(
    () => Promise.resolve(/DevTools listening on (ws:\S+)/.exec(printed)?.[1] ?? (child.exitCode === null ? undefined : printed)),
    (found) => found !== undefined,
    'the address of the page',
    60_000,
  );
  const browser: Browser = await chromium.connectOverCDP(address!);
  const context = browser.contexts()[0]!;
  const page = context.pages()[0] ?? (await context.waitForEvent('page'));
  return {
    page,
    async close() {
      await browser.close();
      await end(child);
    },
  };
}

const answerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: z.unknown() }),
]);
const projectSchema = z.object({ projectId: z.string() });
const workspaceSchema = z.object({ workspaceId: z.string() });
const screenSchema = z.object({ lines: z.array(z.string()) });
const terminalSchema = z.object({ terminalId: z.string() });

/** Far from the page's own. */
let token = 1_000_000;

/** As its page asks, through its preload. */
async function askApp(page: Page, name: string, input: object): Promise<unknown> {
  const answer = answerSchema.parse(await page.evaluate(`forgehold.invoke(${JSON.stringify(name)}, ${JSON.stringify(input)}, ${(token += 1)})`));
  if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(answer.error)}`);
  return answer.value;
}

/** With what it started: an AppImage is the parent of the app. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  process.kill(-child.pid!, 'SIGKILL');
  await ended;
}

async function runCommand(program: string, argv: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', ...environment };
  const child = spawn(program, argv, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [said, complained, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit') as Promise<[number]>]);
  return { code, out: said, err: complained };
}

describe.skipIf(!electron || !hasPackageTools())('the packaged app', () => {
  beforeAll(async () => {
    out = mkdtempSync(path.join(tmpdir(), 'forgehold-packages-'));
    const older = electron!.isOfficial ? {} : { electron: { folder: path.dirname(electron!.executable), version: electron!.version } };
    app = await packageApp({ out, ...older });
    Object.assign(process.env, await preparePackageTools());
    [files, display, whole] = await Promise.all([
      wrapApp({ app, out: path.join(out, 'made'), targets: ['AppImage', 'deb'], compression: 'gzip' }),
      startDisplay(),
      startWholeCore(),
    ]);
  }, 400_000);
  afterAll(async () => {
    for (const child of running) await end(child);
    await display?.stop();
    await whole?.cleanUp();
    if (out) rmSync(out, { recursive: true, force: true });
  });

  test('it has every file of resources/ and the bundles, the keychain’s native part beside the archive, every fuse as decided, and nothing else', async () => {
    expect(await inspectPackage(app, projectFolder)).toEqual([]);
    const archive = path.join(resourcesOf(app), 'app.asar');
    expect(statSync(archive).size).toBeLessThan(20_000_000);
    expect(existsSync(`${archive}.unpacked/node_modules/@napi-rs/keyring-linux-x64-gnu/keyring.linux-x64-gnu.node`)).toBe(true);
  });

  test('a file that is missing, one too many, and a fuse that was turned are each found', async () => {
    const broken: PackagedApp = { ...app, folder: path.join(out, 'broken') };
    mkdirSync(path.join(broken.folder, 'resources'), { recursive: true });
    copyFileSync(programOf(app), programOf(broken));
    const inside = path.join(out, 'inside');
    extractAll(path.join(resourcesOf(app), 'app.asar'), inside);
    rmSync(path.join(inside, 'resources/seccomp/agent.json'));
    appendFileSync(path.join(inside, 'dist/desktop/main.js.map'), '{}');
    await createPackage(inside, path.join(resourcesOf(broken), 'app.asar'));
    await flipFuses(programOf(broken), { version: FuseVersion.V1, [FuseV1Options.RunAsNode]: true });
    expect(await inspectPackage(broken, projectFolder)).toEqual([
      'The app lacks /resources/seccomp/agent.json.',
      'The app has /dist/desktop/main.js.map, which is not for shipping.',
      '/node_modules/@napi-rs/keyring-linux-x64-gnu/keyring.linux-x64-gnu.node is not beside the archive, where the system can load it.',
      'The fuse RunAsNode is not off.',
    ]);
    const differing = compareTrees(readTree(app.folder), readTree(broken.folder));
    expect(differing).toContain('resources/app.asar/resources/seccomp/agent.json');
    expect(differing).not.toContain('resources/app.asar/dist/desktop/main.js');
  });

  test('its command line answers without a display, as a part of the app’s own program', async () => {
    const command = path.join(resourcesOf(app), 'bin/forgehold');
    const status = await runCommand(command, ['status', '--json', '--data', whole.core().data]);
    expect(status).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(status.out)).toMatchObject({ dataFolder: whole.core().data, version: '0.1.0' });
    expect(await runCommand(command, ['no-such-command'])).toMatchObject({ code: 2, out: '' });
  });

  test('its program is no Node for whoever asks by the environment, and no debugger of its main process is let in', async () => {
    const probe = path.join(out, 'probe.cjs');
    appendFileSync(probe, `require('node:fs').writeFileSync(${JSON.stringify(path.join(out, 'ran'))}, 'ran')`);
    const words = ['--no-sandbox', '--ozone-platform=headless', '--disable-gpu', '--v=-3', '--inspect=0', 'cli', '--version'];
    const asNode = await runCommand(programOf(app), words, { ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: `--require ${probe}` });
    expect(asNode).toMatchObject({ code: 0, out: '0.1.0\n' });
    expect(asNode.err).not.toContain('Debugger listening');
    expect(existsSync(path.join(out, 'ran'))).toBe(false);
  });

  test('the AppImage starts, creates a project and a workspace of it, and shows its terminal', { timeout: 400_000 }, async () => {
    const image = files.find((file) => file.endsWith('.AppImage'))!;
    const window = await openWindow(image, ['--data', whole.core().data], { APPIMAGE_EXTRACT_AND_RUN: '1', TMPDIR: out });
    const { page } = window;
    expect(page.url()).toMatch(/^app:\/\/forgehold\//);
    const { projectId } = projectSchema.parse(await askApp(page, 'projects.create', { path: whole.repository }));
    await page.getByText('orchard-api').first().waitFor();
    const { workspaceId } = workspaceSchema.parse(await askApp(page, 'workspaces.create', { projectId, agent: 'shell', mode: 'none' }));
    const { terminalId } = terminalSchema.parse(await askApp(page, 'terminals.open', { workspaceId, kind: 'shell' }));
    await page.evaluate(`location.hash = '#/w/${workspaceId}/terminals/${terminalId}'`);
    const screen = async (): Promise<string> => screenSchema.parse(await askApp(page, 'terminals.screen', { terminalId })).lines.join('\n');
    await until(screen, (text) => /[$#>]\s*$/.test(text.trim()), 'the prompt of the shell', 60_000);
    await screensOf(page).paneOf('Shell').waitFor();
    await screensOf(page).terminal.focus();
    await page.keyboard.type('echo "typed $((40 + 2))"', { delay: 8 });
    await page.keyboard.press('Enter');
    await until(screen, (text) => text.includes('typed 42'), 'the answer to what was typed');
    await page.screenshot({ path: path.join(projectFolder, 'tests/.artifacts/packaged.png') });
    await window.close();
  });

  test('the deb says what it needs, opens folders and links, is known to software centres, and puts the command line on the PATH', async () => {
    const deb = files.find((file) => file.endsWith('.deb'))!;
    const root = path.join(out, 'root');
    await run('dpkg-deb', ['--raw-extract', deb, root]);
    const control = readFileSync(path.join(root, 'DEBIAN/control'), 'utf8');
    expect(control).toMatch(/^Package: forgehold$/m);
    expect(control).toMatch(/^Depends: .*libgtk-3-0.*libnss3/m);
    const entry = path.join(root, 'usr/share/applications/dev.forgehold.app.desktop');
    await run('desktop-file-validate', [entry]);
    const said = readFileSync(entry, 'utf8');
    expect(said).toMatch(/^MimeType=inode\/directory;x-scheme-handler\/forgehold;$/m);
    expect(said).toMatch(/^Exec=\/opt\/Forgehold\/forgehold %U$/m);
    expect(said).toMatch(/^StartupWMClass=dev\.forgehold\.app$/m);
    const icon = /^Icon=(.*)$/m.exec(said)![1];
    for (const side of [16, 32, 48, 128, 256, 512]) expect(existsSync(path.join(root, `usr/share/icons/hicolor/${side}x${side}/apps/${icon}.png`))).toBe(true);
    await run('appstreamcli', ['validate', '--no-net', path.join(root, 'usr/share/metainfo/dev.forgehold.app.metainfo.xml')]);
    expect(readFileSync(path.join(root, 'DEBIAN/postinst'), 'utf8')).toContain("ln -sf '/opt/Forgehold/resources/bin/forgehold' '/usr/bin/forgehold'");

    const command = await runCommand(path.join(root, 'opt/Forgehold/resources/bin/forgehold'), ['--version']);
    expect(command).toMatchObject({ code: 0, out: '0.1.0\n' });
    const window = await openWindow(path.join(root, 'opt/Forgehold/forgehold'), ['--data', whole.core().data]);
    await window.page.getByText('orchard-api').first().waitFor();
    await window.close();
  });
});
