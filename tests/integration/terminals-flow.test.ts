import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Terminals } from '../../electron/terminals/types.ts';
import { quantile } from '../bench/measure.ts';
import { type Attached, type TerminalBench, attach, createTerminalBench, shell, until, user } from '../fixtures/terminals.ts';

let bench: TerminalBench;
let terminals: Terminals;

beforeAll(async () => {
  bench = await createTerminalBench();
  terminals = await bench.start();
});
afterAll(() => bench?.cleanUp());

const flood = 'while :; do seq 1 100000; done';

test('a slow reader loses no byte of 50 MB', async () => {
  const bytes = 50 * 1024 * 1024;
  const script = `stty raw -echo; read -rn1; head -c ${bytes} /dev/urandom | base64 -w 120 | head -c ${bytes} > /tmp/data; sha256sum < /tmp/data > /tmp/sum; cat /tmp/data; exec sleep 1000`;
  const opened = await terminals.open(shell(script));
  const hash = createHash('sha256');
  let seen = 0;
  let messages = 0;
  const viewer = attach(terminals, opened, {
    scrollback: 0,
    async onOutput(chunk) {
      hash.update(chunk);
      seen += chunk.length;
      messages += 1;
      if (messages % 16 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
    },
  });
  await until(() => viewer.restores() === 1, 'the restore');
  await viewer.channel.write(Buffer.from('x'));
  await until(
    () => seen >= bytes,
    'all bytes',
    () => seen,
  );
  const sum = await bench.engine.exec(bench.containerId, ['cat', '/tmp/sum'], { user });
  expect(seen).toBe(bytes);
  expect(hash.digest('hex')).toBe(sum.stdout.slice(0, 64));
  expect(viewer.restores()).toBe(1);
  viewer.detach();
  await terminals.close(opened.terminalId);
});

test('focus that moves to and fro under a stream neither loses nor doubles a byte', async () => {
  const script = 'stty raw -echo; read -rn1; seq 1 400000; exec sleep 1000';
  const opened = await terminals.open(shell(script));
  const other = await terminals.open(shell('exec cat'));
  const chunks: Uint8Array[] = [];
  const viewer = attach(terminals, opened, { scrollback: 0, onOutput: (chunk) => void chunks.push(chunk.slice()) });
  const second = attach(terminals, other);
  await until(() => viewer.restores() === 1 && second.restores() === 1, 'the restores');
  await viewer.channel.write(Buffer.from('x'));
  const expected = Array.from({ length: 400_000 }, (_, index) => `${index + 1}\n`).join('');
  for (let round = 0; viewer.outputBytes() < expected.length && round < 400; round += 1) {
    await terminals.focus(round % 2 === 0 ? other.terminalId : opened.terminalId);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await until(
    () => viewer.outputBytes() >= expected.length,
    'all bytes',
    () => viewer.outputBytes(),
  );
  expect(viewer.restores()).toBe(1);
  expect(Buffer.concat(chunks).toString() === expected).toBe(true);
  viewer.detach();
  second.detach();
  for (const terminal of [opened, other]) await terminals.close(terminal.terminalId);
});

test('a viewer who does not read at all holds up neither other panes nor, for long, its own', async () => {
  const stuck = await terminals.open(shell(flood));
  const quiet = await terminals.open(shell('stty -echo; exec cat'));
  const release = Promise.withResolvers<void>();
  let held = true;
  const sleeper = attach(terminals, stuck, { scrollback: 100, onOutput: () => (held ? release.promise : undefined) });
  await terminals.focus(stuck.terminalId);
  const viewer = attach(terminals, quiet);
  await until(() => viewer.restores() === 1 && sleeper.outputBytes() > 0, 'both');
  expect(await echoes(viewer, 20)).toHaveLength(20);
  const restores = sleeper.restores();
  held = false;
  release.resolve();
  await until(() => sleeper.restores() > restores || sleeper.outputBytes() > 20_000_000, 'the sleeper to catch up');
  sleeper.detach();
  viewer.detach();
  for (const terminal of [stuck, quiet]) await terminals.close(terminal.terminalId);
});

test('a flood in one pane leaves the echo of another within a few times its quiet time', async () => {
  const quiet = await terminals.open(shell('stty -echo; exec cat'));
  const viewer = attach(terminals, quiet);
  await until(() => viewer.restores() === 1, 'the restore');
  await terminals.focus(quiet.terminalId);
  const before = await echoes(viewer, 40);
  const loud = await terminals.open(shell(flood));
  const listener = attach(terminals, loud, { scrollback: 100 });
  await until(() => listener.outputBytes() > 1_000_000, 'the flood');
  const during = await echoes(viewer, 40);
  console.log(
    `echo p50 quiet ${quantile(before, 0.5).toFixed(2)} ms, under flood ${quantile(during, 0.5).toFixed(2)} ms, p95 ${quantile(during, 0.95).toFixed(2)} ms`,
  );
  expect(quantile(during, 0.5)).toBeLessThan(Math.max(50, quantile(before, 0.5) * 40));
  viewer.detach();
  listener.detach();
  for (const terminal of [loud, quiet]) await terminals.close(terminal.terminalId);
});

test('Ctrl-C ends a flood', async () => {
  const loud = await terminals.open(shell(`trap 'echo; echo STOPPED; exec sleep 1000' INT; ${flood}`));
  const viewer = attach(terminals, loud, { scrollback: 100 });
  await until(() => viewer.outputBytes() > 1_000_000, 'the flood');
  await viewer.channel.write(Buffer.from([3]));
  await viewer.until((text) => text.includes('STOPPED'));
  expect(terminals.get(loud.terminalId).state).toEqual({ kind: 'connected' });
  viewer.detach();
  await terminals.close(loud.terminalId);
});

async function echo(viewer: Attached, text: string): Promise<number> {
  const start = performance.now();
  const seen = viewer.outputBytes();
  await viewer.channel.write(Buffer.from(`${text}\r`));
  while (viewer.outputBytes() < seen + text.length + 2) await new Promise((resolve) => setImmediate(resolve));
  return performance.now() - start;
}

async function echoes(viewer: Attached, times: number): Promise<number[]> {
  const samples: number[] = [];
  for (let index = 0; index < times; index += 1) samples.push(await echo(viewer, `echo ${index}`));
  return samples;
}
