import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../lib/logger.ts';
import { type Answer, createQuit, type Quit } from './quit.ts';
import type { WorkingAgent } from './working-agents.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forgehold-quit-'));
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

function agent(digit: string): WorkingAgent {
  return { workspaceId: digit.repeat(8), agent: 'Codex', project: 'orchard', workspace: digit };
}

type Course = {
  readonly quit: Quit;
  readonly did: string[];
  agents: readonly WorkingAgent[];
  answer: (answer: Answer) => void;
  ends: Map<string, () => void>;
  close: () => void;
};

function setUp(agents: readonly WorkingAgent[]): Course {
  const did: string[] = [];
  const ends = new Map<string, () => void>();
  const course = { did, agents, ends, answer: () => {}, close: () => {} } as unknown as Course;
  const quit = createQuit({
    facts: () => ({ ownsCore: true, hasWindow: false, staysWithoutWindow: false }),
    agents: () => course.agents,
    ask: (asked) => {
      did.push(`ask ${asked.length}`);
      return new Promise((resolve) => void (course.answer = resolve));
    },
    sayBehind: () => did.push('say'),
    stop: (workspaceId) => new Promise<void>((resolve) => void ends.set(workspaceId, resolve)),
    onProgress: (done) => did.push(`progress ${done}`),
    closeCore: () => {
      did.push('close');
      return new Promise((resolve) => void (course.close = resolve));
    },
    exit: () => did.push('exit'),
    log: createLogger(folder),
  });
  return Object.assign(course, { quit });
}

describe('quitting for good', () => {
  it('stops the working agents with progress, then closes the core, then exits', async () => {
    const course = setUp([agent('1'), agent('2')]);
    course.quit.happen('asked');
    course.answer('stop');
    await vi.advanceTimersByTimeAsync(0);
    expect(course.did).toEqual(['ask 2', 'progress 0']);
    course.ends.get('11111111')!();
    await vi.advanceTimersByTimeAsync(0);
    expect(course.did.at(-1)).toBe('progress 0.5');
    course.ends.get('22222222')!();
    await vi.advanceTimersByTimeAsync(0);
    expect(course.did.slice(-2)).toEqual(['progress 1', 'close']);
    course.close();
    await vi.advanceTimersByTimeAsync(0);
    expect(course.did.at(-1)).toBe('exit');
  });

  it('ends although neither a workspace nor the core does', async () => {
    const course = setUp([agent('1')]);
    course.quit.happen('asked');
    course.answer('stop');
    await vi.advanceTimersByTimeAsync(39_000);
    expect(course.did.at(-1)).toBe('progress 0');
    await vi.advanceTimersByTimeAsync(1000);
    expect(course.did.at(-1)).toBe('close');
    await vi.advanceTimersByTimeAsync(15_000);
    expect(course.did.at(-1)).toBe('exit');
  });

  it('goes on when it is called off', async () => {
    const course = setUp([agent('1')]);
    course.quit.happen('window-closed');
    course.quit.happen('asked');
    course.answer('cancel');
    await vi.advanceTimersByTimeAsync(600_000);
    expect(course.did).toEqual(['say', 'ask 1']);
    expect(course.quit.phase()).toBe('behind');
  });
});

describe('behind a closed window', () => {
  it('ends a minute after the last agent has, unless another begins meanwhile', async () => {
    const course = setUp([agent('1')]);
    course.quit.happen('window-closed');
    course.agents = [];
    course.quit.agentsChanged();
    await vi.advanceTimersByTimeAsync(59_000);
    course.agents = [agent('2')];
    course.quit.agentsChanged();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(course.did).toEqual(['say']);
    course.agents = [];
    course.quit.agentsChanged();
    course.quit.agentsChanged();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(course.did).toEqual(['say', 'close']);
  });

  it('does not end once the window is open again', async () => {
    const course = setUp([agent('1')]);
    course.quit.happen('window-closed');
    course.agents = [];
    course.quit.agentsChanged();
    course.quit.happen('window-shown');
    await vi.advanceTimersByTimeAsync(600_000);
    expect(course.did).toEqual(['say']);
  });
});
