import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attachToCore } from '../../electron/ipc/attach.ts';
import type { Client } from '../../shared/contract/client.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { makeDataFolder, removeDataFolder, startCore } from '../fixtures/core.ts';
import { createTestEngine, type TestEngine, testEndpoint } from '../fixtures/engine.ts';

/** A core of its own in a process of its own, with a client that stays connected: no command line starts while we measure. */
export type House = {
  readonly client: Client;
  readonly data: string;
  /** Of the core's process. */
  readonly pid: number;
  /** One-time address of its interface. */
  readonly url: string;
  /** The same engine seen as the core's installation, for programs inside its containers and for cleaning up. */
  readonly test: TestEngine;
  /** A workspace that stands already: images and tools are there. */
  readonly workspace: Workspace;
  readonly agent: string;
  /** Image of the agent container, for the raw baseline. */
  readonly image: string;
  /** A new folder with a git repository of so many files. */
  readonly makeFolder: (files: number) => string;
  readonly cleanUp: () => Promise<void>;
};

export async function openHouse(): Promise<House> {
  const data = makeDataFolder();
  const folders: string[] = [];
  const makeFolder = (files: number): string => {
    const folder = makeRepository(files);
    folders.push(folder);
    return folder;
  };
  const core = await startCore(data);
  const client = await attachToCore(data);
  const { installation } = await client.call('app.info', {});
  const test = createTestEngine(testEndpoint(), installation);
  const cleanUp = async (): Promise<void> => {
    client.close();
    await core.stop();
    await test.cleanUp();
    removeDataFolder(data);
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  };
  try {
    const workspace = await makeWorkspace(client, makeFolder(3_000));
    const { containers } = await client.call('workspaces.inspect', { workspaceId: workspace.workspaceId });
    const agent = containers.find(({ role }) => role === 'agent')!;
    return { client, data, pid: core.pid, url: core.url, test, workspace, agent: agent.id, image: agent.image, makeFolder, cleanUp };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

export async function makeWorkspace(client: Client, folder: string): Promise<Workspace> {
  const { projectId } = await client.call('projects.create', { path: folder });
  return client.call('workspaces.create', { projectId, agent: 'shell' });
}

function makeRepository(files: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'forgehold-bench-'));
  for (let index = 0; index < files; index += 1) {
    const place = join(folder, `folder-${index % 50}`);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `file-${index}.txt`), `${index}\n`);
  }
  const git = (...argv: readonly string[]): unknown => execFileSync('git', ['-C', folder, ...argv]);
  git('init', '--quiet');
  git('add', '.');
  git('-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', 'commit', '--quiet', '--message', 'Begin');
  return folder;
}
