import { describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import type { Step } from '../../shared/model/step.ts';
import { StepList } from './steps.ts';

const definitions = ['a', 'b'].map((id) => ({ id, label: `Do ${id}` }));
const never = new AbortController().signal;

describe('StepList', () => {
  it('publishes each change of state', async () => {
    const states: string[] = [];
    const steps = new StepList(definitions, (list) => states.push(list.map((step) => step.state).join(' ')));
    await steps.run('a', never, () => Promise.resolve());
    expect(states).toEqual(['running waiting', 'done waiting']);
    expect(steps.list()[0]).toMatchObject({ label: 'Do a', startedAt: expect.any(String), endedAt: expect.any(String) });
  });

  it('publishes a flood of progress a few times only, and the last line of it', async () => {
    const published: Step[][] = [];
    const steps = new StepList(definitions, (list) => published.push(list));
    await steps.run('a', never, async (report) => {
      for (let line = 0; line < 10_000; line += 1) report(`line ${line}`, line / 10_000);
      await new Promise((resolve) => setTimeout(resolve, 200));
    });
    expect(published.length).toBeLessThan(10);
    expect(published.at(-1)![0]!.detail).toBe('line 9999');
  });

  it('marks the step that failed with its cause, and what did not begin as skipped', async () => {
    const steps = new StepList(definitions, () => {});
    const failing = steps.run('a', never, () => Promise.reject(new AppError('x/y', 'No room.')));
    await expect(failing).rejects.toMatchObject({ code: 'x/y' });
    steps.close();
    expect(steps.list().map((step) => [step.state, step.detail])).toEqual([
      ['failed', 'No room.'],
      ['skipped', undefined],
    ]);
  });

  it('shows nothing of an unexpected error on the screen', async () => {
    const steps = new StepList(definitions, () => {});
    await expect(steps.run('a', never, () => Promise.reject(new Error('token=abc')))).rejects.toThrow('token=abc');
    expect(JSON.stringify(steps.list())).not.toContain('abc');
  });

  it('begins nothing after an abort, and notices one that came during a step', async () => {
    const controller = new AbortController();
    const steps = new StepList(definitions, () => {});
    const running = steps.run('a', controller.signal, () => Promise.resolve(controller.abort(new AppError('x/stop', 'Stop.'))));
    await expect(running).rejects.toMatchObject({ code: 'x/stop' });
    expect(steps.list()[0]).toMatchObject({ state: 'skipped' });
    let began = false;
    await expect(steps.run('b', controller.signal, () => Promise.resolve((began = true)))).rejects.toMatchObject({ code: 'x/stop' });
    expect(began).toBe(false);
  });
});
