import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { next, type QuitDeed, type QuitFacts, type QuitHappening, type QuitPhase } from './quitting.ts';

const idle: QuitFacts = { ownsCore: true, working: 0, hasWindow: false, staysWithoutWindow: false };
const busy: QuitFacts = { ...idle, working: 2 };
const attached: QuitFacts = { ...busy, ownsCore: false };
const resident: QuitFacts = { ...busy, staysWithoutWindow: true };

/** The deeds of a whole course, and where it ends. */
function run(facts: QuitFacts, ...happenings: readonly QuitHappening[]): readonly (QuitDeed | QuitPhase)[] {
  let phase: QuitPhase = 'open';
  const deeds: QuitDeed[] = [];
  for (const happening of happenings) {
    const step = next(phase, happening, facts);
    phase = step.phase;
    if (step.deed) deeds.push(step.deed);
  }
  return [...deeds, phase];
}

describe('closing the window', () => {
  it('goes on behind it while an agent works', () => expect(run(busy, 'window-closed')).toEqual(['say-behind', 'behind']));
  it('ends the app when none works', () => expect(run(idle, 'window-closed', 'closed')).toEqual(['close-core', 'exit', 'ended']));
  it("just closes over another process's core", () => expect(run(attached, 'window-closed', 'closed')).toEqual(['close-core', 'exit', 'ended']));
  it('leaves an app that stays without one alone', () => expect(run(resident, 'window-closed')).toEqual(['open']));
  it('ends by itself once no agent works any more', () => {
    expect(next('behind', 'idle', idle)).toEqual({ phase: 'closing', deed: 'close-core' });
    expect(next('behind', 'idle', busy)).toEqual({ phase: 'behind' });
  });
  it('is undone by opening it again', () => expect(run(busy, 'window-closed', 'window-shown', 'idle')).toEqual(['say-behind', 'open']));
});

describe('quitting for good', () => {
  it('ends at once when no agent works, and over the core of another process', () => {
    expect(run(idle, 'asked', 'closed')).toEqual(['close-core', 'exit', 'ended']);
    expect(run(attached, 'asked', 'closed')).toEqual(['close-core', 'exit', 'ended']);
  });
  it('asks once, and stops the agents when told to', () =>
    expect(run(busy, 'asked', 'asked', 'answered-stop', 'stopped', 'closed')).toEqual(['ask', 'stop-agents', 'close-core', 'exit', 'ended']));
  it('lets them go on when told to', () => expect(run(busy, 'asked', 'answered-leave', 'closed')).toEqual(['ask', 'close-core', 'exit', 'ended']));
  it('goes back to where it was when called off, and asks again the next time', () => {
    expect(run({ ...busy, hasWindow: true }, 'asked', 'answered-cancel')).toEqual(['ask', 'open']);
    expect(run(busy, 'window-closed', 'asked', 'answered-cancel', 'asked')).toEqual(['say-behind', 'ask', 'ask', 'asking']);
  });
  it('does not wait for agents to stop when it is asked again', () =>
    expect(run(busy, 'asked', 'answered-stop', 'asked', 'closed')).toEqual(['ask', 'stop-agents', 'close-core', 'exit', 'ended']));
});

it('asks nobody when the session ends, the core has ended or may be broken', () => {
  for (const phase of ['open', 'behind', 'asking', 'stopping'] as const) {
    expect(next(phase, 'session-ends', busy)).toEqual({ phase: 'closing', deed: 'close-core' });
    expect(next(phase, 'core-ended', busy)).toEqual({ phase: 'closing', deed: 'close-core' });
    expect(next(phase, 'fault', busy)).toEqual({ phase: 'closing', deed: 'close-core' });
  }
});

it('closes the core once and exits once, whatever happens in whatever order', () => {
  const happenings = fc.array(
    fc.tuple(
      fc.constantFrom<QuitHappening>(
        'window-closed',
        'window-shown',
        'idle',
        'asked',
        'answered-stop',
        'answered-leave',
        'answered-cancel',
        'stopped',
        'session-ends',
        'fault',
        'core-ended',
        'closed',
      ),
      fc.constantFrom(idle, busy, attached, resident),
    ),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(happenings, (course) => {
      let phase: QuitPhase = 'open';
      const deeds: QuitDeed[] = [];
      for (const [happening, facts] of [...course, ['session-ends', busy], ['closed', busy]] as typeof course) {
        const step = next(phase, happening, facts);
        phase = step.phase;
        if (step.deed) deeds.push(step.deed);
      }
      expect(phase).toBe('ended');
      expect(deeds.filter((deed) => deed === 'close-core')).toHaveLength(1);
      expect(deeds.at(-1)).toBe('exit');
    }),
  );
});
