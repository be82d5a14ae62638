/**
 * When the app ends, and what becomes of agents then. Pure: `next` takes what happened and answers the phase that follows and
 * what is to be done; `quit.ts` does it.
 */
export type QuitPhase =
  /** In use: a window is open, or the app stays without one (macOS; started in the background). */
  | 'open'
  /** The window was closed while agents work: the core goes on behind it until none does. */
  | 'behind'
  /** The user is asked what becomes of working agents. */
  | 'asking'
  | 'stopping'
  | 'closing'
  | 'ended';

/** What is so at the moment that something happens. */
export type QuitFacts = {
  /** The core lives in this process; another process's goes on without us. */
  readonly ownsCore: boolean;
  /** Agents whose program runs. */
  readonly working: number;
  readonly hasWindow: boolean;
  readonly staysWithoutWindow: boolean;
};

export type QuitHappening =
  | 'window-closed'
  | 'window-shown'
  /** For a while no agent has worked behind the closed window. */
  | 'idle'
  | 'asked'
  | 'answered-stop'
  | 'answered-leave'
  | 'answered-cancel'
  /** All agents have stopped, or it took too long. */
  | 'stopped'
  /** The user's session or the machine ends, or the process is told to: nobody is there to ask. */
  | 'session-ends'
  /** The core in this process may hold a broken state. */
  | 'fault'
  | 'core-ended'
  /** The core has closed, or it took too long. */
  | 'closed';

export type QuitDeed = 'say-behind' | 'ask' | 'stop-agents' | 'close-core' | 'exit';

export type QuitStep = { readonly phase: QuitPhase; readonly deed?: QuitDeed };

export function next(phase: QuitPhase, happening: QuitHappening, facts: QuitFacts): QuitStep {
  if (phase === 'ended') return { phase };
  if (phase === 'closing') return happening === 'closed' ? { phase: 'ended', deed: 'exit' } : { phase };
  if (happening === 'session-ends' || happening === 'fault' || happening === 'core-ended') return close;
  switch (phase) {
    case 'open':
      if (happening === 'asked') return end(facts);
      return happening === 'window-closed' ? afterWindow(facts) : { phase };
    case 'behind':
      if (happening === 'window-shown') return { phase: 'open' };
      if (happening === 'asked') return end(facts);
      return happening === 'idle' && facts.working === 0 ? close : { phase };
    case 'asking':
      if (happening === 'answered-stop') return { phase: 'stopping', deed: 'stop-agents' };
      if (happening === 'answered-leave') return close;
      if (happening === 'answered-cancel') return { phase: facts.hasWindow || facts.staysWithoutWindow ? 'open' : 'behind' };
      return { phase };
    case 'stopping':
      // Asked again: whoever asks twice will not wait.
      return happening === 'stopped' || happening === 'asked' ? close : { phase };
  }
}

const close: QuitStep = { phase: 'closing', deed: 'close-core' };

function end({ ownsCore, working }: QuitFacts): QuitStep {
  return ownsCore && working > 0 ? { phase: 'asking', deed: 'ask' } : close;
}

function afterWindow({ ownsCore, working, staysWithoutWindow }: QuitFacts): QuitStep {
  if (staysWithoutWindow) return { phase: 'open' };
  return ownsCore && working > 0 ? { phase: 'behind', deed: 'say-behind' } : close;
}
