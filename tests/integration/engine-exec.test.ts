import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExecSession } from '../../electron/engine/exec-types.ts';
import type { Engine } from '../../electron/engine/types.ts';
import { createTestEngine, processesIn, startIdle, type TestEngine, testEndpoint } from '../fixtures/engine.ts';

let test: TestEngine;
let engine: Engine;
let id: string;

beforeAll(async () => {
  test = createTestEngine();
  engine = test.engine;
  id = await startIdle(engine);
});
afterAll(() => test.cleanUp());

/** What runs beside the container's own first process. */
async function others(): Promise<readonly string[]> {
  return (await processesIn(engine, id)).filter((command) => command !== 'sleep infinity');
}

async function readAll(session: ExecSession): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of session.stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Children in the background, in groups of their own, some that ignore TERM: all that an agent's shell may start. For bash: dash has no jobs without a terminal. */
const family = 'trap "" TERM; set -m; sleep 1001 & (sleep 1002 & sleep 1003) & sh -c "trap \\"\\" TERM HUP INT; sleep 1004; sleep 1005" & sleep 1006';

describe('exec', () => {
  it('gives exit code and both outputs apart', async () => {
    const result = await engine.exec(id, ['sh', '-c', 'echo aus; echo fehlür >&2; exit 3']);
    expect(result).toEqual({ exitCode: 3, stdout: 'aus\n', stderr: 'fehlür\n' });
  });

  it('passes arguments as they are, whatever a shell would make of them', async () => {
    const odd = ['$HOME', '"; exit 9; "', '*', '', 'a\nb', '-e'];
    expect((await engine.exec(id, ['printf', '[%s]', ...odd])).stdout).toBe(odd.map((word) => `[${word}]`).join(''));
  });

  it('feeds stdin and ends it', async () => {
    expect((await engine.exec(id, ['wc', '-c'], { stdin: Buffer.alloc(5_000_000) })).stdout.trim()).toBe('5000000');
  });

  it('keeps the output of a program that does not read its input', async () => {
    for (let round = 0; round < 10; round++) {
      const result = await engine.exec(id, ['sh', '-c', 'echo out; echo err >&2; exit 3'], { stdin: Buffer.alloc(5_000_000) });
      expect(result).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
    }
  });

  it('takes user, folder and environment', async () => {
    const { stdout } = await engine.exec(id, ['sh', '-c', 'id -u; pwd; echo $X'], { user: '1234:1234', workingDir: '/usr', env: { X: 'a b' } });
    expect(stdout).toBe('1234\n/usr\na b\n');
  });

  it('waits for a program that closes its outputs before it ends', async () => {
    expect((await engine.exec(id, ['sh', '-c', 'exec >&- 2>&-; sleep 0.5; exit 7'])).exitCode).toBe(7);
  });

  it('reports a missing program as a shell does, and a missing folder as an error', async () => {
    expect(await engine.exec(id, ['no-such-program'])).toMatchObject({ exitCode: 127, stderr: expect.stringContaining('not found') });
    await expect(engine.exec(id, ['true'], { workingDir: '/no/such' })).rejects.toMatchObject({ code: 'engine/exec-failed' });
  });

  it('ends all of its processes when time is over, the stubborn too', async () => {
    await expect(engine.exec(id, ['bash', '-c', family], { timeoutMs: 500 })).rejects.toMatchObject({ code: 'engine/exec-timeout' });
    expect(await others()).toEqual([]);
  });

  it('ends them when the output grows too large', async () => {
    await expect(engine.exec(id, ['sh', '-c', 'yes & yes'], { maxBytes: 100_000 })).rejects.toMatchObject({ code: 'engine/exec-output' });
    expect(await others()).toEqual([]);
  });

  it('ends them when the caller cancels, at whatever moment', async () => {
    for (const afterMs of [0, 5, 20, 40, 300]) {
      const abort = new AbortController();
      const running = engine.exec(id, ['bash', '-c', family], { signal: abort.signal });
      setTimeout(() => abort.abort(), afterMs);
      await expect(running).rejects.toMatchObject({ code: 'engine/cancelled' });
    }
    expect(await others()).toEqual([]);
  });

  it('ends them under the user that they ran as', async () => {
    await expect(engine.exec(id, ['sleep', '1007'], { user: '4321:4321', timeoutMs: 300 })).rejects.toMatchObject({ code: 'engine/exec-timeout' });
    expect(await others()).toEqual([]);
  });

  it('spares a daemon that left the session on purpose, as a tmux server does', async () => {
    const start = 'setsid sh -c "exec sleep 1008 >/dev/null 2>&1 </dev/null" & sleep 0.2; sleep 1009';
    await expect(engine.exec(id, ['sh', '-c', start], { timeoutMs: 1_000 })).rejects.toMatchObject({ code: 'engine/exec-timeout' });
    expect(await others()).toEqual(['sleep 1008']);
    await engine.exec(id, ['sh', '-c', 'for p in /proc/[0-9]*; do grep -q 1008 $p/cmdline 2>/dev/null && [ $p != /proc/$$ ] && kill ${p#/proc/}; done; true']);
    expect(await others()).toEqual([]);
  });

  it('is not held up by others that hang', async () => {
    const abort = new AbortController();
    const hanging = Array.from({ length: 20 }, async () => engine.exec(id, ['sleep', '1010'], { signal: abort.signal }));
    const settled = Promise.allSettled(hanging);
    expect((await engine.exec(id, ['echo', 'free'])).stdout).toBe('free\n');
    abort.abort();
    await settled;
    expect(await others()).toEqual([]);
  });

  it('says that a stopped container is not running', async () => {
    const stopped = await startIdle(engine);
    await engine.stopContainer(stopped, 0);
    await expect(engine.exec(stopped, ['true'])).rejects.toMatchObject({ code: 'engine/not-running' });
    await engine.removeContainer(stopped);
    await expect(engine.exec(stopped, ['true'])).rejects.toMatchObject({ code: 'engine/not-found' });
  });
});

describe('openExec', () => {
  it('talks both ways, and half-closes: the end of the input is not the end of the output', async () => {
    const session = await engine.openExec(id, ['sh', '-c', 'cat; sleep 0.2; echo after; exit 5']);
    session.stream.write('hello ');
    session.stream.end('there\n');
    expect(await readAll(session)).toBe('hello there\nafter\n');
    expect(await session.exited).toBe(5);
    await session.close();
  });

  it('slows the program down to the reader, and loses nothing', async () => {
    const session = await engine.openExec(id, ['dd', 'if=/dev/zero', 'bs=64k', 'count=1600', 'status=none']);
    await sleep(1_000);
    expect(await others()).toContainEqual(expect.stringContaining('dd if=/dev/zero'));
    expect(session.stream.readableLength).toBeLessThan(1024 * 1024);
    let bytes = 0;
    for await (const chunk of session.stream) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(1600 * 64 * 1024);
    expect(await session.exited).toBe(0);
  });

  it('keeps stderr apart, and a flood there that nobody reads stops nothing', async () => {
    const session = await engine.openExec(id, ['sh', '-c', 'dd if=/dev/zero bs=64k count=160 status=none >&2; echo through']);
    expect(await readAll(session)).toBe('through\n');
    expect(await session.exited).toBe(0);
    const read = await engine.openExec(id, ['sh', '-c', 'echo one; echo two >&2']);
    const [stdout, stderr] = await Promise.all([readAll(read), read.stderr.toArray()]);
    expect([stdout, Buffer.concat(stderr as Buffer[]).toString()]).toEqual(['one\n', 'two\n']);
  });

  it('ends by the end of its input where the program heeds that', async () => {
    const session = await engine.openExec(id, ['cat']);
    await session.close();
    expect(await session.exited).toBe(0);
    expect(await others()).toEqual([]);
  });

  it('ends all processes on close, the stubborn too, and twice is once', async () => {
    const session = await engine.openExec(id, ['bash', '-c', family]);
    await Promise.all([session.close(), session.close()]);
    expect(await others()).toEqual([]);
  });

  it('ends them when only the stream is destroyed', async () => {
    const session = await engine.openExec(id, ['bash', '-c', family]);
    session.stream.destroy();
    await session.exited;
    await session.close();
    expect(await others()).toEqual([]);
  });

  it('ends although output that nobody read is pending', async () => {
    const session = await engine.openExec(id, ['sh', '-c', 'yes | cat']);
    await sleep(300);
    await session.close();
    expect(await others()).toEqual([]);
  });

  it('takes input after the program ended without making a fuss', async () => {
    const session = await engine.openExec(id, ['true']);
    expect(await session.exited).toBe(0);
    session.stream.write('too late');
    await session.close();
  });

  it('tells of a program that cannot be started', async () => {
    await expect(engine.openExec(id, ['cat'], { workingDir: '/no/such' })).rejects.toMatchObject({ code: 'engine/exec-failed' });
  });

  it('leaves no well-behaved program behind when the app is killed', async () => {
    const script = `
      import { createEngine } from ${JSON.stringify(join(import.meta.dirname, '../../electron/engine/engine.ts'))};
      const engine = createEngine({ installation: ${JSON.stringify(test.installation)}, endpoint: ${JSON.stringify(testEndpoint())} });
      const session = await engine.openExec(${JSON.stringify(id)}, ['cat']);
      session.stream.on('data', () => process.stdout.write('ready'));
      session.stream.write('x');`;
    const app = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(app.stdout, 'data');
    expect(await others()).toEqual(['cat']);
    app.kill('SIGKILL');
    await once(app, 'exit');
    await expect.poll(others, { timeout: 10_000 }).toEqual([]);
  });
});
