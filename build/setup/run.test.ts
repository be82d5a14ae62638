import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { SetupError, run } from './run.mjs';

const module = path.join(import.meta.dirname, 'run.mjs');

type Way = 'become' | 'accompany';
const ways: readonly Way[] = ['become', 'accompany'];

/** A process that puts `node -e <script>` in its own place; `accompany` is how an older Node does it. */
function startInPlace(way: Way, script: string): ChildProcess {
  const outer = `import { ${way} } from ${JSON.stringify(module)}; ${way}(process.execPath, ['-e', ${JSON.stringify(script)}], process.env);`;
  return spawn(process.execPath, ['--input-type=module', '-e', outer], { stdio: ['ignore', 'pipe', 'inherit'] });
}

test.each(ways)('a program in our place gives its exit status and its output, and nothing of ours (%s)', async (way) => {
  const child = startInPlace(way, "console.log('only this'); process.exitCode = 7");
  const [output, [status]] = await Promise.all([text(child.stdout!), once(child, 'exit') as Promise<[number]>]);
  expect([output, status]).toEqual(['only this\n', 7]);
});

test.each(ways.flatMap((way) => (['SIGTERM', 'SIGINT', 'SIGHUP'] as const).map((signal) => [way, signal] as const)))(
  '%s: %s reaches the program in our place',
  async (way, signal) => {
    const child = startInPlace(
      way,
      `process.on('${signal}', () => { console.log('heard'); process.exit(3); }); setInterval(() => {}, 1000); console.log('ready')`,
    );
    await once(child.stdout!, 'data');
    child.kill(signal);
    const [output, [status]] = await Promise.all([text(child.stdout!), once(child, 'exit') as Promise<[number]>]);
    expect([output, status]).toEqual(['heard\n', 3]);
  },
);

test('a program that was killed gives the status that shells give', async () => {
  const [status] = (await once(startInPlace('accompany', "process.kill(process.pid, 'SIGKILL')"), 'exit')) as [number];
  expect(status).toBe(128 + 9);
});

test('a failing program is named with its last lines; a missing one with its name', async () => {
  const failing = run(process.execPath, ['-e', "console.error('the reason'); process.exit(4)"]);
  await expect(failing).rejects.toThrow(SetupError);
  await expect(failing).rejects.toThrow(/failed \(4\):\nthe reason/);
  await expect(run('no-such-program-here', [])).rejects.toThrow('no-such-program-here could not be started');
});
