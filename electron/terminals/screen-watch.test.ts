import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Channel, maxPiece } from '../../shared/contract/channel.ts';
import type { Screen } from '../../shared/model/terminal.ts';
import { watchScreen } from './screen-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch(lines: () => readonly string[]) {
  const sent: string[] = [];
  let reads = 0;
  const channel: Channel = {
    write: async (bytes) => {
      expect(bytes.length).toBeLessThanOrEqual(maxPiece);
      sent.push(new TextDecoder().decode(bytes));
    },
    onData: () => {},
    end: () => {},
    closed: new Promise(() => {}),
  };
  const screen = async (): Promise<Screen> => {
    reads += 1;
    return { terminalId: '0123456789ab', lines: [...lines()], cursor: { x: 0, y: 0, visible: true }, size: { cols: 80, rows: 24 } };
  };
  const { tap, stop } = watchScreen(channel, screen, (error) => {
    throw error;
  });
  return { output: () => tap.write(new Uint8Array(1)), sent, reads: () => reads, stop };
}

test('a screen is sent after output, at most so often, and never the same twice', async () => {
  let line = 'one';
  const { output, sent, reads } = watch(() => [line]);
  await output();
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toEqual(['{"lines":["one"]}']);
  line = 'two';
  for (let at = 0; at < 50; at += 1) await output();
  await vi.advanceTimersByTimeAsync(400);
  expect(sent).toEqual(['{"lines":["one"]}', '{"lines":["two"]}']);
  await output();
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent).toHaveLength(2);
  const before = reads();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(reads()).toBe(before);
});

test('of a screen that is larger than a message its last lines are sent; nothing after it was left', async () => {
  const { output, sent, stop } = watch(() => Array.from({ length: 500 }, (_, at) => `${at} ${'é'.repeat(990)}`));
  await output();
  await vi.advanceTimersByTimeAsync(1);
  expect(sent[0]).toContain('499 é');
  stop();
  await output();
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent).toHaveLength(1);
});
