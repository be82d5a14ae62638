import type { Start } from './arguments.ts';

/** What becomes of the app after an exception that nobody caught. */
export type FaultVerdict =
  /** Nothing of the core is in this process: what failed is told, and the window goes on. */
  | 'go-on'
  /** The core here may hold anything now: it is closed, and the app starts again with what was written down. */
  | 'restart'
  /** It has failed again soon after such a start: another would fail too. */
  | 'give-up';

export type FaultFacts = {
  /** The core is in this process, or is being started here. */
  readonly ownsCore: boolean;
  readonly isEnding: boolean;
  /** This process was started because the one before it failed. */
  readonly afterFault: boolean;
  /** How long this process has run. Milliseconds. */
  readonly upFor: number;
};

/** Who has run so long has not failed because of its start. Milliseconds. */
const calm = 600_000;

export function judgeFault({ ownsCore, isEnding, afterFault, upFor }: FaultFacts): FaultVerdict {
  if (!ownsCore || isEnding) return 'go-on';
  return afterFault && upFor < calm ? 'give-up' : 'restart';
}

export type FaultOptions = {
  readonly facts: () => FaultFacts;
  /** Has the app start again once this process has ended. */
  readonly startAgain: () => void;
  /** Says that it ends for good; answers when the user has read it. */
  readonly sayEnd: () => void;
  /** Closes the core, as well as it can still be closed, and ends the process. */
  readonly end: () => void;
};

/** Called once a fault is reported. While the app is ending it does nothing: one fault makes one start. */
export function createFaultAnswer({ facts, startAgain, sayEnd, end }: FaultOptions): () => void {
  return () => {
    const verdict = judgeFault(facts());
    if (verdict === 'go-on') return;
    try {
      if (verdict === 'restart') startAgain();
      else sayEnd();
    } finally {
      end();
    }
  };
}

const ownSwitch = /^--(?:data|background|after-fault)(?:=|$)/;

/**
 * The arguments of the start that follows a fault: Electron's switches and the data folder as they were, without the folders and
 * links, one of which may be what made it fail.
 *
 * @param argv without the program
 * @param appFolder of a run from a checkout, else null
 */
export function toNextStart(argv: readonly string[], { data }: Pick<Start, 'data'>, appFolder: string | null): string[] {
  const named = argv.indexOf('--');
  const switches = argv.slice(0, named < 0 ? argv.length : named).filter((argument) => argument.startsWith('-') && !ownSwitch.test(argument));
  return [...switches, ...(appFolder === null ? [] : [appFolder]), ...(data === null ? [] : [`--data=${data}`]), '--after-fault'];
}
