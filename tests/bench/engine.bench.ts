import { execFile, spawn } from 'node:child_process';
import { request } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { createTestEngine, startIdle, testEndpoint } from '../fixtures/engine.ts';
import { type Bench, pair, time } from './measure.ts';

const run = promisify(execFile);

/** What a call through the jail, the time limits and the announced process costs over the engine's own work. */
export const bench: Bench = async () => {
  const { engine, cleanUp } = createTestEngine();
  try {
    const endpoint = testEndpoint();
    const id = await startIdle(engine);
    const viaCli = (...argv: readonly string[]): Promise<unknown> => run('docker', ['--host', endpoint.address, ...argv]);
    const execs = await pair(
      30,
      () => time(() => engine.exec(id, ['true'])),
      () => time(() => viaCli('exec', id, 'true')),
    );
    const inspects = await pair(
      60,
      () => time(() => engine.inspectContainer(id)),
      () => time(() => get(endpoint.kind === 'socket' ? endpoint.path : '', `/containers/${id}/json`)),
    );
    const session = await engine.openExec(id, ['cat']);
    const cli = spawn('docker', ['--host', endpoint.address, 'exec', '-i', id, 'cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const echoes = await pair(
      200,
      () => time(() => echo(session.stream, session.stream)),
      () => time(() => echo(cli.stdin, cli.stdout)),
    );
    cli.stdin.end();
    await session.close();
    const flood = await pair(
      5,
      () => throughput(() => drain(engine, id)),
      () => throughput(() => run('sh', ['-c', `docker --host ${endpoint.address} exec ${id} dd if=/dev/zero bs=64k count=3200 status=none > /dev/null`])),
    );
    return [
      { what: 'exec true', ...execs, unit: 'ms', baseline: 'docker exec' },
      { what: 'inspect', ...inspects, unit: 'ms', baseline: 'one GET on the socket' },
      { what: 'a byte through an open exec and back', ...echoes, unit: 'ms', baseline: 'docker exec -i' },
      { what: '200 MB out of an exec', ...flood, unit: 'MB/s', baseline: 'docker exec' },
    ];
  } finally {
    await cleanUp();
  }
};

const floodBytes = 3200 * 64 * 1024;

async function throughput(work: () => Promise<unknown>): Promise<number> {
  return floodBytes / 1e6 / ((await time(work)) / 1_000);
}

async function drain(engine: ReturnType<typeof createTestEngine>['engine'], id: string): Promise<void> {
  const session = await engine.openExec(id, ['dd', 'if=/dev/zero', 'bs=64k', 'count=3200', 'status=none']);
  let bytes = 0;
  for await (const chunk of session.stream) bytes += (chunk as Buffer).length;
  if (bytes !== floodBytes) throw new Error(`${bytes} bytes came instead of ${floodBytes}`);
  await session.close();
}

function echo(to: Writable, from: Readable): Promise<unknown> {
  return new Promise((resolve) => {
    from.once('data', resolve);
    to.write('x');
  });
}

function get(socketPath: string, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path }, (answer) => answer.resume().once('end', resolve));
    sent.once('error', reject);
    sent.end();
  });
}
