import { type TestCore, makeDataFolder, removeDataFolder, startCore } from '../fixtures/core.ts';
import { removeInstallation } from '../fixtures/installation.ts';
import { type TestHome, makeHome } from './home.ts';
import { type AppPage, launchViewer } from './viewer.ts';

/** What a person sits down to: a home folder with projects, a running core of it, and a browser or the desktop app. */
export type Desk = {
  readonly home: TestHome;
  /** Opens the interface of its core. */
  readonly open: () => Promise<AppPage>;
  readonly core: () => TestCore;
  /** Starts the core anew after it was killed or stopped. */
  readonly restart: () => Promise<TestCore>;
  /** Leaves nothing: workspaces, objects of the engine, processes, folders. */
  readonly leave: () => Promise<void>;
};

type Files = Readonly<Record<string, string>>;

type DeskOptions = {
  /** Is for pictures, which show it. */
  readonly homePath?: string | undefined;
  readonly environment?: NodeJS.ProcessEnv;
};

/** `projects`: git repositories below the home, by their path there. */
export async function takeDesk(projects: Readonly<Record<string, Files>>, { homePath, environment }: DeskOptions = {}): Promise<Desk> {
  const data = makeDataFolder();
  const home = makeHome(homePath);
  for (const [name, files] of Object.entries(projects)) home.addProject(name, files);
  const start = (): Promise<TestCore> => startCore(data, { HOME: home.path, ...environment });
  const [first, viewer] = await Promise.all([start(), launchViewer()]);
  let core = first;
  return {
    home,
    open: () => viewer.open(data),
    core: () => core,
    async restart() {
      core = await start();
      return core;
    },
    async leave() {
      await viewer.close();
      // Without an engine a core can remove nothing, and has made nothing.
      if (!environment?.['DOCKER_HOST']) {
        for (const { projectId } of await core.call('projects.list')) await core.call('projects.remove', { projectId, discard: true });
      }
      await core.stop();
      await removeInstallation(data);
      removeDataFolder(data);
      home.remove();
    },
  };
}
