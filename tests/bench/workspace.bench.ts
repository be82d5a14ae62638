import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Client } from '../../shared/contract/client.ts';
import { type House, makeWorkspace, openHouse } from './house.ts';
import { type Bench, pair, type Row, time } from './measure.ts';
import { createRawDocker, type RawDocker } from './raw-docker.ts';

const run = promisify(execFile);

/** From a folder to a prompt, stop and start, git at work, and what a call costs: each beside the bare engine, or bare git. */
export const bench: Bench = async () => {
  const house = await openHouse();
  const raw = createRawDocker();
  try {
    return [await toPrompt(house, raw), ...(await stopAndStart(house, raw)), await gitStatus(house), ...(await oneCall(house, raw))];
  } finally {
    await house.cleanUp();
  }
};

async function toPrompt({ client, image, makeFolder }: House, raw: RawDocker): Promise<Row> {
  const made: string[] = [];
  const rounds = await pair(
    7,
    async () => {
      const folder = makeFolder(100);
      const milliseconds = await time(async () => {
        const { workspaceId } = await makeWorkspace(client, folder);
        made.push(workspaceId);
        const { terminalId } = await client.call('terminals.open', { workspaceId, kind: 'shell' });
        await untilPrompt(client, terminalId);
      });
      await client.call('workspaces.remove', { workspaceId: made.at(-1)! });
      return milliseconds;
    },
    async () => {
      let id = '';
      try {
        return await time(async () => {
          id = await raw.create({ Image: image });
          await raw.start(id);
          await raw.execPrompt(id);
        });
      } finally {
        if (id !== '') await raw.remove(id);
      }
    },
  );
  return { what: 'folder → workspace → prompt', ...rounds, unit: 'ms', baseline: 'create + start + TTY exec, no wall' };
}

async function untilPrompt(client: Client, terminalId: string): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    const { lines } = await client.call('terminals.screen', { terminalId });
    if (lines.some((line) => /[$#]$/.test(line))) return;
  }
  throw new Error('No prompt came within 30 s.');
}

async function stopAndStart({ client, workspace, image }: House, raw: RawDocker): Promise<readonly Row[]> {
  const { workspaceId } = workspace;
  const id = await raw.create({ Image: image });
  try {
    await raw.start(id);
    const starts = { ours: [] as number[], raw: [] as number[] };
    const stops = await pair(
      6,
      async () => {
        const stopped = await time(() => client.call('workspaces.stop', { workspaceId }));
        starts.ours.push(await time(() => client.call('workspaces.start', { workspaceId })));
        return stopped;
      },
      async () => {
        const stopped = await time(() => raw.stop(id));
        starts.raw.push(await time(() => raw.start(id)));
        return stopped;
      },
    );
    return [
      { what: 'stop a workspace', ...stops, unit: 'ms', baseline: 'stop of one container' },
      { what: 'start a workspace, wall proven', ...starts, unit: 'ms', baseline: 'start of one container' },
    ];
  } finally {
    await raw.remove(id);
  }
}

/** The same program times git on both sides, so that starting it is in neither figure. */
const timeGit = `const { spawnSync } = require('node:child_process');
const start = performance.now();
const { status } = spawnSync('git', ['status', '--porcelain'], { cwd: process.argv[1] });
if (status !== 0) throw new Error('git failed');
console.log(performance.now() - start);`;

async function gitStatus({ client, test, workspace, agent }: House): Promise<Row> {
  const project = (await client.call('projects.list', {})).find(({ projectId }) => projectId === workspace.projectId)!;
  const argv = ['-e', timeGit, project.path];
  const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  const rounds = await pair(
    20,
    async () => Number((await test.engine.exec(agent, ['node', ...argv], { user })).stdout),
    async () => Number((await run(process.execPath, argv)).stdout),
  );
  return { what: '`git status`, 3,000 files', ...rounds, unit: 'ms', baseline: 'git on the host' };
}

async function oneCall({ client, data, workspace }: House, raw: RawDocker): Promise<readonly Row[]> {
  const { workspaceId } = workspace;
  const cli = join(import.meta.dirname, '..', '..', 'electron', 'cli.ts');
  const overSocket = await pair(
    100,
    () => time(() => client.call('workspaces.inspect', { workspaceId })),
    () => time(() => raw.get('/containers/json')),
  );
  const overCli = await pair(
    10,
    () => time(() => run(process.execPath, ['--disable-warning=ExperimentalWarning', cli, 'call', 'workspaces.list', '{}', '--data', data])),
    () => time(() => run('docker', ['ps'])),
  );
  return [
    { what: 'inspect a workspace over the socket', ...overSocket, unit: 'ms', baseline: 'GET /containers/json' },
    { what: 'a whole command, `workspaces.list`', ...overCli, unit: 'ms', baseline: '`docker ps`' },
  ];
}
