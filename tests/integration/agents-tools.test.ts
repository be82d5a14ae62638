import { readdir } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Installer } from '../../electron/agents/installer.ts';
import { pins } from '../../electron/agents/pins.ts';
import { containerPaths, toolsVolumeName } from '../../electron/engine/names.ts';
import type { Engine } from '../../electron/engine/types.ts';
import { createTestEngine, type TestEngine } from '../fixtures/engine.ts';
import { createTestTools, ensureAgentImage, type TestTools } from '../fixtures/tools.ts';

const ignore = (): void => undefined;
let world: TestEngine;
let engine: Engine;
const cores: TestTools[] = [];

async function startCore(other?: typeof pins): Promise<TestTools> {
  const tools = await createTestTools(engine, other);
  cores.push(tools);
  return tools;
}

/** Runs a shell script as root in a throwaway container over the tools volume. */
async function inVolume(script: string): Promise<string> {
  const id = await engine.createContainer({
    name: `forge-look-${engine.installation}`,
    role: 'probe',
    image: await ensureAgentImage(engine),
    entrypoint: ['sleep'],
    command: ['infinity'],
    user: '0:0',
    env: {},
    mounts: [{ kind: 'volume', source: toolsVolumeName(engine.installation), target: containerPaths.tools, readOnly: false }],
    network: 'none',
    readOnlyRoot: true,
    capabilities: [],
    restart: 'no',
  });
  try {
    await engine.startContainer(id);
    const result = await engine.exec(id, ['sh', '-c', `cd ${containerPaths.tools} && ${script}`]);
    if (result.stderr !== '') throw new Error(result.stderr);
    return result.stdout.trim();
  } finally {
    await engine.removeContainer(id);
  }
}

function withIntegrity(integrity: string): typeof pins {
  const packages = Object.fromEntries(Object.entries(pins.node.packages).map(([platform, pinned]) => [platform, { ...pinned, integrity }]));
  return { ...pins, node: { ...pins.node, packages } };
}

beforeAll(async () => {
  world = createTestEngine();
  engine = world.engine;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const core of cores.splice(0)) {
    const left = [...(await readdir(core.downloadFolder).catch(() => [])), ...(await engine.listContainers())];
    if (left.length > 0) throw new Error(`Left behind: ${JSON.stringify(left)}`);
    await core.end();
  }
  await engine.removeVolume(toolsVolumeName(engine.installation));
});
afterAll(() => world.cleanUp());

describe('the tools volume', () => {
  it('gets a working Node, with progress from 0 to 1, and nothing but what is needed', async () => {
    const tools = await startCore();
    await tools.refresh();
    expect(tools.installed('node')).toBe(false);
    const progress: number[] = [];
    await tools.ensure('node', (_, share) => share !== undefined && progress.push(share));
    expect(tools.installed('node')).toBe(true);
    expect(progress[0]).toBe(0);
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.length).toBeGreaterThan(3);
    expect(await inVolume(`${tools.path('node')}/bin/node --version; ls -A ${tools.path('node')}; stat -c %u:%g:%a ${tools.path('node')}/bin/node`)).toBe(
      `v${pins.node.version}\n.complete\nLICENSE\nbin\n0:0:755`,
    );
  });

  it('refuses a package whose content is not what was pinned, and keeps nothing of it', async () => {
    const tools = await startCore(withIntegrity(`sha512-${'A'.repeat(86)}==`));
    await expect(tools.ensure('node', ignore)).rejects.toMatchObject({ code: 'tools/integrity' });
    expect(tools.installed('node')).toBe(false);
    expect(await engine.listVolumes()).toEqual([]);
  });

  it('holds no tool as complete whose installation was cut off, and completes it later', async () => {
    const tools = await startCore();
    await tools.refresh();
    const cut = new AbortController();
    const cutOff = tools.ensure('node', (line) => line.startsWith('Unpacking') && cut.abort(new Error('cut off')), cut.signal);
    await expect(cutOff).rejects.toThrow('cut off');
    // The caller is let go at once; the work itself ends by clearing up.
    await vi.waitFor(async () => expect(await readdir(tools.downloadFolder)).toEqual([]), { timeout: 30_000 });
    // What a crash leaves: a partial folder, and, from a power cut, a folder under the final name without its marker.
    const folder = tools.path('node').slice(`${containerPaths.tools}/`.length);
    await engine.ensureVolume(toolsVolumeName(engine.installation), {});
    await inVolume(`mkdir -p ${folder}/bin ${folder}.partial-0123/bin && touch ${folder}/bin/node && touch -d '1 day ago' ${folder}.partial-0123`);
    const next = await startCore();
    await next.refresh();
    expect(next.installed('node')).toBe(false);
    await next.ensure('node', ignore);
    expect(await inVolume(`${tools.path('node')}/bin/node --version; ls node/*`)).toBe(`v${pins.node.version}\n${folder.split('/')[2]}`);
  });

  it('installs once for all who ask at the same time, and two apps do not disturb each other', async () => {
    const one = await startCore();
    const other = await startCore();
    const started = vi.spyOn(Installer.prototype, 'install');
    await Promise.all([one.ensure('node', ignore), one.ensure('node', ignore), one.ensure('node', ignore), other.ensure('node', ignore)]);
    expect(started).toHaveBeenCalledTimes(2);
    started.mockRestore();
    const folder = one.path('node').split('/').at(-1);
    expect(await inVolume(`ls node/*; ${one.path('node')}/bin/node --version`)).toBe(`${folder}\nv${pins.node.version}`);
  });

  it('needs no network for what is there, and knows at once when the volume is gone', async () => {
    await (await startCore()).ensure('node', ignore);
    vi.stubEnv('npm_config_registry', 'http://127.0.0.1:9/');
    const offline = await startCore();
    await offline.ensure('node', ignore);
    expect(offline.installed('node')).toBe(true);
    const changed = new Promise<void>((resolve) => void offline.onChange(resolve));
    await engine.removeVolume(toolsVolumeName(engine.installation));
    await changed;
    expect(offline.installed('node')).toBe(false);
    await expect(offline.ensure('node', ignore)).rejects.toMatchObject({ code: 'tools/download-failed' });
  });
});
