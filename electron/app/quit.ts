import type { Logger } from '../lib/logger.ts';
import { next, type QuitFacts, type QuitHappening, type QuitPhase } from './quitting.ts';
import type { WorkingAgent } from './working-agents.ts';

export type Answer = 'stop' | 'leave' | 'cancel';

export type QuitOptions = {
  readonly facts: () => Omit<QuitFacts, 'working'>;
  readonly agents: () => readonly WorkingAgent[];
  readonly ask: (agents: readonly WorkingAgent[]) => Promise<Answer>;
  /** The window is closed, and the app goes on. */
  readonly sayBehind: (agents: readonly WorkingAgent[]) => void;
  readonly stop: (workspaceId: string) => Promise<unknown>;
  /** How much of the stopping is done, from 0 to 1. */
  readonly onProgress: (done: number) => void;
  readonly closeCore: () => Promise<void>;
  readonly exit: () => void;
  readonly log: Logger;
};

export type Quit = {
  readonly happen: (happening: QuitHappening) => void;
  /** To be told whenever the number of working agents may have changed. */
  readonly agentsChanged: () => void;
  readonly phase: () => QuitPhase;
};

/** Milliseconds. An agent has 30 s to end by itself (`workspaces.stop`); the core has 15 s to write everything down. */
const patience = { stop: 40_000, close: 15_000 } as const;
/** How long an app without a window waits for the next agent before it ends. Milliseconds. */
const idleAfter = 60_000;

/** Does what `quitting.ts` decides. Nothing that hangs keeps the app from ending. */
export function createQuit(options: QuitOptions): Quit {
  return new Quitting(options);
}

class Quitting implements Quit {
  readonly #options: QuitOptions;
  #phase: QuitPhase = 'open';
  #idle: NodeJS.Timeout | undefined;

  constructor(options: QuitOptions) {
    this.#options = options;
  }

  phase(): QuitPhase {
    return this.#phase;
  }

  happen(happening: QuitHappening): void {
    const { facts, agents } = this.#options;
    const { phase, deed } = next(this.#phase, happening, { ...facts(), working: agents().length });
    this.#phase = phase;
    if (deed === 'ask') void this.#ask();
    else if (deed === 'say-behind') this.#options.sayBehind(agents());
    else if (deed === 'stop-agents') void this.#stop().then(() => this.happen('stopped'));
    else if (deed === 'close-core') void this.#close().then(() => this.happen('closed'));
    else if (deed === 'exit') this.#options.exit();
    this.agentsChanged();
  }

  agentsChanged(): void {
    const isIdle = this.#phase === 'behind' && this.#options.agents().length === 0;
    if (isIdle) this.#idle ??= setTimeout(() => this.happen('idle'), idleAfter);
    else {
      clearTimeout(this.#idle);
      this.#idle = undefined;
    }
  }

  async #ask(): Promise<void> {
    const { ask, agents, log } = this.#options;
    const answer = await ask(agents()).catch((error: unknown): Answer => {
      log.error({ error }, 'Nobody could be asked what becomes of working agents');
      return 'leave';
    });
    this.happen(`answered-${answer}`);
  }

  async #stop(): Promise<void> {
    const { agents, stop, onProgress, log } = this.#options;
    const all = agents();
    let done = 0;
    onProgress(0);
    const stops = all.map(async ({ workspaceId }) => {
      await stop(workspaceId).catch((error: unknown) => log.error({ error, workspaceId }, 'A workspace did not stop before the end'));
      done += 1;
      onProgress(done / all.length);
    });
    await withPatience(Promise.all(stops), patience.stop, () =>
      log.error({ patience: patience.stop }, 'Workspaces take too long to stop; they are left to it'),
    );
  }

  async #close(): Promise<void> {
    const { closeCore, log } = this.#options;
    const closing = closeCore().catch((error: unknown) => log.error({ error }, 'The core did not close as it should'));
    await withPatience(closing, patience.close, () => log.error({ patience: patience.close }, 'The core takes too long to close'));
  }
}

async function withPatience(work: Promise<unknown>, ms: number, onLate: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      onLate();
      resolve();
    }, ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
