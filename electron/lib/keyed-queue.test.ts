import { describe, expect, it } from 'vitest';
import { KeyedQueue } from './keyed-queue.ts';

describe('KeyedQueue', () => {
  it('runs the work of one key in order, also after a failure, and other keys meanwhile', async () => {
    const queue = new KeyedQueue();
    const seen: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = queue.run('a', async () => {
      await gate.promise;
      seen.push('a1');
      throw new Error('first');
    });
    const second = queue.run('a', () => Promise.resolve(seen.push('a2')));
    await queue.run('b', () => Promise.resolve(seen.push('b1')));
    gate.resolve();
    await expect(first).rejects.toThrow('first');
    await second;
    expect(seen).toEqual(['b1', 'a1', 'a2']);
  });

  it('is idle when all is done, also what was added meanwhile', async () => {
    const queue = new KeyedQueue();
    const seen: number[] = [];
    void queue.run('a', async () => {
      void queue.run('b', () => Promise.resolve(seen.push(2)));
      await Promise.resolve();
      seen.push(1);
    });
    await queue.idle();
    expect(new Set(seen)).toEqual(new Set([1, 2]));
  });
});
