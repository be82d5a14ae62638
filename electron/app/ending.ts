import { type App, type BrowserWindow, dialog, powerMonitor } from 'electron';
import type { Client } from '../../shared/contract/client.ts';
import type { Logger } from '../lib/logger.ts';
import type { CoreLink } from './core-link.ts';
import { type Answer, createQuit, type Quit } from './quit.ts';
import type { WindowKeeper } from './window.ts';
import type { WorkingAgent } from './working-agents.ts';

export type EndingOptions = {
  readonly app: App;
  readonly core: CoreLink;
  readonly window: WindowKeeper;
  readonly agents: () => readonly WorkingAgent[];
  /** Started without a window of its own accord, to be there. */
  readonly isResident: boolean;
  /** Whether it was said already that the app goes on behind its closed window. */
  readonly said: { readonly get: () => boolean; readonly set: () => void };
  readonly log: Logger;
};

/** A clean end asks for at most this much more, once the core is closed. Milliseconds. */
const lastPatience = 3000;

/** How the app ends (design.md section 2): by its window, by the user's word, with the session. */
export function createEnding(options: EndingOptions): Quit {
  const { app, core, window, agents, isResident, said, log } = options;
  const client = core.link.client;
  const quit: Quit = createQuit({
    facts: () => ({
      ownsCore: core.isOwn(),
      hasWindow: window.current() !== null,
      staysWithoutWindow: isResident || process.platform === 'darwin',
    }),
    agents,
    ask: (working) => askAboutAgents(window.current(), working),
    sayBehind(working) {
      if (said.get()) return;
      said.set();
      void sayOnce(working).then((answer) => answer === 'quit' && quit.happen('asked'));
    },
    stop: (workspaceId) => stopWorkspace(client, workspaceId),
    onProgress: (done) => window.current()?.setProgressBar(done),
    async closeCore() {
      window.current()?.hide();
      await core.close('Forgehold was quit.');
    },
    exit() {
      // A window that will not close, or a handler that hangs.
      setTimeout(() => app.exit(0), lastPatience).unref();
      app.quit();
    },
    log,
  });
  hearTheSystem(app, quit);
  return quit;
}

function hearTheSystem(app: App, quit: Quit): void {
  let sessionEnds = false;
  app.on('before-quit', (event) => {
    // A held-back quit would hold back the user's log-out on macOS.
    if (sessionEnds || quit.phase() === 'ended') return;
    event.preventDefault();
    quit.happen('asked');
  });
  app.on('window-all-closed', () => quit.happen('window-closed'));
  powerMonitor.on('shutdown', () => {
    sessionEnds = true;
    quit.happen('session-ends');
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => quit.happen('session-ends'));
}

async function askAboutAgents(window: BrowserWindow | null, agents: readonly WorkingAgent[]): Promise<Answer> {
  const one = agents.length === 1;
  const question = {
    type: 'question' as const,
    title: 'Quit Forgehold',
    message: one ? 'An agent is at work.' : `${agents.length} agents are at work.`,
    detail: `${listAgents(agents)}\n\n${one ? 'It goes' : 'They go'} on in ${one ? 'its container' : 'their containers'} without Forgehold, or ${one ? 'is' : 'are'} stopped first.`,
    buttons: [one ? 'Let it go on' : 'Let them go on', one ? 'Stop it and quit' : 'Stop them and quit', 'Cancel'],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  };
  const { response } = await (window ? dialog.showMessageBox(window, question) : dialog.showMessageBox(question));
  return (['leave', 'stop', 'cancel'] as const)[response] ?? 'cancel';
}

async function sayOnce(agents: readonly WorkingAgent[]): Promise<'fine' | 'quit'> {
  const { response } = await dialog.showMessageBox({
    type: 'info',
    title: 'Forgehold',
    message: 'Forgehold goes on in the background.',
    detail: `${listAgents(agents)}\n\nOpen Forgehold again to see what they do. It ends by itself once no agent is at work. This is said only once.`,
    buttons: ['OK', 'Quit…'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return response === 1 ? 'quit' : 'fine';
}

/** The names are the user's own; a native dialog shows plain text only. */
function listAgents(agents: readonly WorkingAgent[]): string {
  const lines = agents.slice(0, 8).map(({ agent, project, workspace }) => `${agent} in ${project}${workspace === agent ? '' : ` (${workspace})`}`);
  return [...lines, ...(agents.length > lines.length ? [`and ${agents.length - lines.length} more`] : [])].join('\n');
}

async function stopWorkspace(client: Client, workspaceId: string): Promise<void> {
  await client.call('workspaces.stop', { workspaceId });
}
