import { join } from 'node:path';
import { app, dialog } from 'electron';
import { channels } from '../../shared/contract/bridge.ts';
import { type DataFolder, openDataFolder } from '../lib/data-folder.ts';
import { appFolder } from '../lib/places.ts';
import { declareAppScheme, serveAppScheme } from './app-protocol.ts';
import { shorten, type Start } from './arguments.ts';
import { type CoreLink, createCoreLink } from './core-link.ts';
import { createReviver } from './crashes.ts';
import { createEnding } from './ending.ts';
import { createFaultAnswer, toNextStart } from './faults.ts';
import { forkUtility } from './fork-utility.ts';
import { beginCrashReports, type Ground, prepareGround, rememberQuietly } from './ground.ts';
import { settleAtHome } from './home/home.ts';
import { claimLinks, createInstance, type Instance } from './instance.ts';
import { createIntents, type Intents } from './intents.ts';
import { createLive, type Live } from './live.ts';
import { createMaintenance } from './maintenance.ts';
import { createOpenings } from './openings.ts';
import type { Quit } from './quit.ts';
import { hardenApp, hardenSession } from './security.ts';
import { createShellCalls } from './shell-calls.ts';
import { serveWindow } from './transport.ts';
import { hearWaking } from './waking.ts';
import { findPlace, rememberPlace } from './window-memory.ts';
import { createWindowKeeper, type WindowKeeper } from './window.ts';
import { findWorkingAgents } from './working-agents.ts';

const webRoot = join(appFolder, 'dist/renderer');

/**
 * The desktop shell: the window first, then the way to the core; a core that fails never takes the window down.
 *
 * @param own the app's own arguments
 */
export async function runDesktop(own: readonly string[]): Promise<void> {
  const fitting = shorten(process.argv.slice(1));
  if (fitting) {
    app.relaunch({ args: [...fitting] });
    return app.exit(0);
  }
  const instance = createInstance(app, own);
  const { data } = instance.start;
  const folder = openDataFolder(data ?? undefined);
  // One window per data folder: the lock lies in the profile.
  if (data !== null && !app.commandLine.hasSwitch('user-data-dir')) app.setPath('userData', join(folder.root, 'window'));
  if (!instance.takeProfile()) return app.quit();
  beginCrashReports(app, folder);
  declareAppScheme();
  hardenApp(app);
  await app.whenReady();
  openDesktop(folder, instance);
}

function openDesktop(folder: DataFolder, instance: Instance): void {
  const ground = prepareGround(folder);
  const { version, log, state, settings } = ground;
  hardenSession();
  serveAppScheme(webRoot, log);
  const window = createWindow(ground, { quit: () => quit, watch: (made) => transport.watch(made.webContents) });
  const intents = createIntents({
    announce() {
      window.show();
      window.send(channels.event, { name: 'shell.intent', payload: {} });
    },
  });
  const core = createCoreLink({
    folder,
    version,
    log,
    webRoot,
    forkHelper: forkUtility,
    onState: (now) => state.set({ core: now }),
    onOwnEnd: () => quit.happen('core-ended'),
  });
  const live = createLive(core.link, log);
  const quit = createQuitFor(ground, { core, window, live, isResident: instance.start.background });
  ground.onFault(createAnswer(instance.start, core, quit));
  const askQuit = (): void => quit.happen('asked');
  const home = settleAtHome({ settings, state, client: core.link.client, live, window, intents, quit: askQuit, log });
  const shell = { ...createShellCalls({ state, window, intents, core, quit: askQuit }), ...home, ...createMaintenance({ state, log }) };
  const transport = serveWindow({ client: core.link.client, shell, window, log });
  state.onChange((now) => window.send(channels.event, { name: 'shell.changed', payload: now }));
  hearWaking(core.link, log);
  comeForth(ground, { instance, window, intents });
}

type WindowParts = { readonly quit: () => Quit; readonly watch: (made: Electron.BrowserWindow) => void };

function createWindow({ memory, reports, state, log }: Ground, { quit, watch }: WindowParts): WindowKeeper {
  const reviver = createReviver({ reports, log, quit: () => quit().happen('asked') });
  return createWindowKeeper({
    findPlace: () => findPlace(memory.get().place),
    onMade(made) {
      quit().happen('window-shown');
      rememberPlace(made, (place) => rememberQuietly(memory, { place }, log));
      reviver.watch(made);
      watch(made);
      made.on('maximize', () => state.set({ maximized: true })).on('unmaximize', () => state.set({ maximized: false }));
    },
  });
}

type QuitParts = { readonly core: CoreLink; readonly window: WindowKeeper; readonly live: Live; readonly isResident: boolean };

function createQuitFor({ memory, log }: Ground, { core, window, live, isResident }: QuitParts): Quit {
  const quit = createEnding({
    ...{ app, core, window, log, isResident },
    agents: () => findWorkingAgents(live.get() ?? { terminals: [], workspaces: [], projects: [] }),
    said: { get: () => memory.get().saidBehind, set: () => rememberQuietly(memory, { saidBehind: true }, log) },
  });
  live.onChange(() => quit.agentsChanged());
  return quit;
}

/** What is done about an exception that nobody caught. */
function createAnswer(start: Start, core: CoreLink, quit: Quit): () => void {
  return createFaultAnswer({
    facts: () => ({
      ownsCore: core.isOwn(),
      isEnding: quit.phase() === 'closing' || quit.phase() === 'ended',
      afterFault: start.afterFault,
      upFor: process.uptime() * 1000,
    }),
    startAgain() {
      // An AppImage is started as the file that it is: where it is mounted now goes with this process.
      const { APPIMAGE: execPath } = process.env;
      app.relaunch({ args: toNextStart(process.argv.slice(1), start, app.isPackaged ? null : appFolder), ...(execPath !== undefined && { execPath }) });
    },
    sayEnd: () => dialog.showErrorBox('Forgehold has to end', `It failed again soon after it was started again. ${faultWords}`),
    end: () => quit.happen('fault'),
  });
}

const faultWords = 'Agents go on in their containers. The reports lie in the folder "crashes" of the data folder.';

type Outside = { readonly instance: Instance; readonly window: WindowKeeper; readonly intents: Intents };

/** The window, unless the session has started us in the background; and all that was or will be opened with the app. */
function comeForth({ settings, memory }: Ground, { instance, window, intents }: Outside): void {
  claimLinks(app);
  app.on('activate', () => window.show());
  if (!instance.start.background) window.show();
  for (const message of [settings.problem, memory.problem]) if (message !== null) intents.push({ kind: 'refused', message: message.slice(0, 500) });
  if (instance.start.afterFault) intents.push({ kind: 'refused', message: `Forgehold failed and was started again. ${faultWords}` });
  // No login waits for a return yet: those of agents come through the bridge.
  const openings = createOpenings({ push: (intent) => intents.push(intent), returnLogin: () => false });
  instance.listen(
    (asked) => void openings.open(asked),
    (again) => again.background || window.show(),
  );
}
