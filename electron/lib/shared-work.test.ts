import { expect, test, vi } from 'vitest';
import { SharedWork } from './shared-work.ts';

const ignore = (): void => undefined;

test('work for one key is done once, and everyone who asked meanwhile hears of its progress', async () => {
  const shared = new SharedWork<number>();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const work = vi.fn<(onProgress: (line: string) => void) => Promise<number>>(async (onProgress) => {
    await gate;
    onProgress('almost');
    return 7;
  });
  const heard: string[] = [];
  const both = Promise.all([shared.run('k', work, (line) => heard.push(`a ${line}`)), shared.run('k', work, (line) => heard.push(`b ${line}`))]);
  open();
  expect(await both).toEqual([7, 7]);
  expect(work).toHaveBeenCalledTimes(1);
  expect(heard).toEqual(['a almost', 'b almost']);
  await shared.run('k', work, ignore);
  expect(work).toHaveBeenCalledTimes(2);
});

test('one who gives up leaves at once and does not take the work from the others', async () => {
  const shared = new SharedWork<string>();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  let inner: AbortSignal | undefined;
  const work = async (_: unknown, signal: AbortSignal): Promise<string> => {
    inner = signal;
    await gate;
    return 'done';
  };
  const impatient = new AbortController();
  const left = shared.run('k', work, ignore, impatient.signal);
  const stayed = shared.run('k', work, ignore);
  impatient.abort(new Error('too long'));
  await expect(left).rejects.toThrow('too long');
  expect(inner?.aborted).toBe(false);
  open();
  expect(await stayed).toBe('done');
});

test('when the last one gives up the work is aborted, and the next one starts anew', async () => {
  const shared = new SharedWork<string>();
  const signals: AbortSignal[] = [];
  const work = (_: unknown, signal: AbortSignal): Promise<string> => {
    signals.push(signal);
    return new Promise((resolve, reject) => {
      if (signals.length > 1) resolve('second');
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  };
  const controller = new AbortController();
  const first = shared.run('k', work, ignore, controller.signal);
  controller.abort(new Error('cancelled'));
  await expect(first).rejects.toThrow('cancelled');
  expect(signals[0]?.aborted).toBe(true);
  expect(await shared.run('k', work, ignore)).toBe('second');
});
