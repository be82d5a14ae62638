import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { DecisionLog } from './decision-log.ts';
import type { Decided, Ended } from './log-line.ts';

it('counts what it cannot read, drops a line without end, and goes on with the next', async () => {
  const stdout = new PassThrough();
  const seen: (Decided | Ended)[] = [];
  const log = new DecisionLog({
    engine: { logs: async () => ({ stdout, stderr: new PassThrough(), close: () => stdout.destroy() }) },
    gateway: 'gateway',
    since: () => 0,
    onLines: (lines) => seen.push(...lines),
    log: { debug: () => undefined, warn: () => undefined },
  });
  const good = `{"at":1700000000000,"id":"5f-1","event":"decided","protocol":"http","name":"\\u00e4.example","port":80,"source":1,"verdict":"deny","reason":"not-listed","address":"","rule":"","quiet":false}\n`;
  stdout.write('not json\n{"event":"decided"}\n[]\n');
  stdout.write('x'.repeat(50_000));
  stdout.write(`${'y'.repeat(50_000)}\n`);
  // In two pieces, as the engine may send it.
  stdout.write(good.slice(0, 40));
  stdout.write(good.slice(40));
  await expect.poll(() => seen.length).toBe(1);
  expect(log.malformed).toBe(4);
  expect(seen[0]).toMatchObject({ event: 'decided', id: '5f-1', verdict: 'blocked' });
  log.close();
});
