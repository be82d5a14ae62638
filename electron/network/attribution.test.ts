import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Duplex, Readable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ContainerInfo } from '../engine/objects.ts';
import type { Engine } from '../engine/types.ts';
import { Attribution, type Caller } from './attribution.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** What a container runs when it is asked: a program that has `source(line)` and `say(text)`. */
function ask(program: string): { readonly attribution: Attribution; readonly told: (readonly [string, Caller])[]; readonly starts: () => number } {
  const told: (readonly [string, Caller])[] = [];
  const script = `const say = (text) => process.stdout.write(text); require('node:readline').createInterface(process.stdin).on('line', (line) => { ${program} });`;
  const engine: Pick<Engine, 'listContainers' | 'openExec'> = {
    listContainers: async () => [{ id: 'agent', status: 'running' } as ContainerInfo],
    async openExec() {
      const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'ignore'] });
      children.push(child);
      const stream = Duplex.from({ readable: child.stdout, writable: child.stdin }).on('error', () => undefined);
      return { stream, stderr: Readable.from([]), exited: Promise.resolve(null), close: async () => void (stream.destroy(), child.kill('SIGKILL')) };
    },
  };
  const log = { debug: () => undefined, warn: () => undefined };
  const attribution = new Attribution({ engine, workspaceId: 'abcd0123', onCaller: (key, caller) => told.push([key, caller]), log });
  attribution.projectFolder = '/home/ada/anvil';
  return { attribution, told, starts: () => children.length };
}

/** Until the program that was started has ended. */
async function ended(): Promise<void> {
  await vi.waitFor(() => expect(children).not.toHaveLength(0), 5000);
  const child = children.at(-1)!;
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

const answer = (fields: string): string => `say(JSON.stringify({ source: Number(line), ${fields} }) + '\\n')`;

describe('who made a connection', () => {
  it('is told by one program for all that is asked, with the worktree by its folder', async () => {
    const { attribution, told, starts } = ask(answer("program: 'npm install', cwd: line === '2' ? '/tmp' : '/home/ada/anvil/src'"));
    attribution.ask('a', 1);
    attribution.ask('b', 2);
    attribution.ask('c', 1);
    await vi.waitFor(() => expect(told).toHaveLength(3), 5000);
    attribution.ask('d', 3);
    await vi.waitFor(() => expect(told).toHaveLength(4), 5000);
    expect(Object.fromEntries(told)).toEqual({
      a: { program: 'npm install', worktree: 'main' },
      b: { program: 'npm install' },
      c: { program: 'npm install', worktree: 'main' },
      d: { program: 'npm install', worktree: 'main' },
    });
    expect(starts()).toBe(1);
    attribution.end();
    await ended();
  });

  it('is not told of a connection that is gone, and a folder beside the project is not the project', async () => {
    const { attribution, told } = ask(`if (line === '1') say('{"source":1}\\n'); else ${answer("program: 'curl', cwd: '/home/ada/anvil-2'")}`);
    attribution.ask('gone', 1);
    attribution.ask('beside', 2);
    await vi.waitFor(() => expect(told).toEqual([['beside', { program: 'curl' }]]), 5000);
    attribution.end();
  });

  it('holds no characters that change how text is shown', async () => {
    const { attribution, told } = ask(answer(String.raw`program: 'cu\u202erl\n\u0000\u001b[31m'`));
    attribution.ask('a', 1);
    await vi.waitFor(() => expect(told).toEqual([['a', { program: 'curl[31m' }]]), 5000);
    attribution.end();
  });

  it.each([
    ['nonsense', "say('who knows\\n')"],
    ['JSON of another shape', "say('[]\\n')"],
    ['what nobody asked', answer("program: 'x'").replace('Number(line)', '65535')],
    ['a program that is too long', answer("program: 'x'.repeat(201)")],
    ['no end of a line', "setInterval(() => say('x'.repeat(100000)), 0)"],
    ['a flood', 'setInterval(() => { for (let n = 0; n < 10000; n++) say(\'{"source":9}\\n\') }, 0)'],
    ['the end of its program', 'process.exit()'],
  ])('is not asked again when a container answers with %s', async (_what, program) => {
    const { attribution, told, starts } = ask(program);
    attribution.ask('a', 1);
    await ended();
    await vi.waitFor(() => {
      attribution.ask('b', 2);
      expect(told).toEqual([]);
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(starts()).toBe(1);
    expect(told).toEqual([]);
  });

  it('is not waited for: a container that never answers is left alone, however much was asked', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { attribution, told, starts } = ask('');
    for (let source = 1; source <= 5000; source++) attribution.ask(`k${source}`, source);
    await vi.waitFor(() => expect(starts()).toBe(1));
    vi.advanceTimersByTime(10_000);
    await ended();
    attribution.ask('again', 1);
    expect(starts()).toBe(1);
    vi.advanceTimersByTime(60_001);
    attribution.ask('later', 1);
    await vi.waitFor(() => expect(starts()).toBe(2));
    expect(told).toEqual([]);
    attribution.end();
  });

  it('ends its program when nothing was asked for a minute', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { attribution, told } = ask(answer("program: 'curl'"));
    attribution.ask('a', 1);
    while (told.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(children[0]!.signalCode).toBeNull();
    vi.advanceTimersByTime(60_001);
    await ended();
    expect(children).toHaveLength(1);
  });
});
