import type { Client } from '../../shared/contract/client.ts';
import type { Step } from '../../shared/model/step.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { visible } from './safe-text.ts';
import { cutTo } from './table.ts';

const marks = { waiting: '·', running: '›', done: '✓', failed: '✗', skipped: '-' } as const;
const redrawMs = 80;

/** The steps of a piece of work on stderr: drawn over again on a terminal, a line for each change anywhere else. */
export class StepView {
  readonly #quiet: boolean;
  readonly #isTty = process.stderr.isTTY;
  readonly #told = new Map<string, string>();
  #drawn = 0;
  #lastDraw = 0;
  #latest: readonly Step[] = [];

  constructor(quiet: boolean) {
    this.#quiet = quiet;
  }

  show(steps: readonly Step[]): void {
    if (this.#quiet || steps.length === 0) return;
    this.#latest = steps;
    if (!this.#isTty) return this.#tell(steps);
    if (Date.now() - this.#lastDraw >= redrawMs) this.#draw();
  }

  /** The last word: steps that were held back are drawn. */
  end(): void {
    if (!this.#quiet && this.#isTty && this.#latest.length > 0) this.#draw();
  }

  #draw(): void {
    this.#lastDraw = Date.now();
    const width = process.stderr.columns || 80;
    const lines = this.#latest.map((step) => cutTo(visible(describe(step)), width - 1));
    process.stderr.write(`${this.#drawn > 0 ? `\x1b[${this.#drawn}A` : ''}${lines.map((line) => `\x1b[2K${line}\n`).join('')}`);
    this.#drawn = lines.length;
  }

  #tell(steps: readonly Step[]): void {
    for (const step of steps) {
      if (step.state === 'waiting' || this.#told.get(step.id) === step.state) continue;
      this.#told.set(step.id, step.state);
      process.stderr.write(`${visible(describe(step))}\n`);
    }
  }
}

function describe({ state, label, detail, progress }: Step): string {
  const share = state === 'running' && progress !== undefined ? ` ${Math.round(progress * 100)} %` : '';
  return `${marks[state]} ${label}${share}${detail && state !== 'done' ? `: ${detail}` : ''}`;
}

export type Watched = {
  readonly client: Client;
  /** Whether this is the workspace that is worked on; a creation learns its id by this. */
  readonly isIt: (workspace: Workspace) => boolean;
  readonly quiet: boolean;
  /** Ctrl-C while it goes on. */
  readonly onInterrupt?: (workspaceId: string | undefined) => void;
};

/** Shows the steps of a workspace while `work` goes on. */
export async function withProgress<T>({ client, isIt, quiet, onInterrupt }: Watched, work: () => Promise<T>): Promise<T> {
  const view = new StepView(quiet);
  let workspaceId: string | undefined;
  const forget = client.on('app.changed', ({ change }) => {
    if (change.kind !== 'workspace' || change.value === null) return;
    if (workspaceId === undefined && isIt(change.value)) workspaceId = change.id;
    if (change.id === workspaceId && 'steps' in change.value.state) view.show(change.value.state.steps);
  });
  const interrupt = (): void => onInterrupt?.(workspaceId);
  if (onInterrupt) process.on('SIGINT', interrupt);
  try {
    return await work();
  } finally {
    forget();
    process.off('SIGINT', interrupt);
    view.end();
  }
}

/** Calls `work`, which makes a workspace, shows its steps, and cancels the creation on Ctrl-C. `known`: workspaces there were before. */
export async function createWithProgress<T>(client: Client, known: ReadonlySet<string>, projectId: string, quiet: boolean, work: () => Promise<T>): Promise<T> {
  return withProgress(
    {
      ...{ client, quiet },
      isIt: (workspace) => workspace.projectId === projectId && workspace.state.kind === 'creating' && !known.has(workspace.workspaceId),
      onInterrupt: (workspaceId) => {
        process.stderr.write('Cancelling; what was made so far is removed…\n');
        // The call that is being waited for ends with "cancelled" by this.
        if (workspaceId !== undefined) client.call('workspaces.cancel', { workspaceId }).catch(() => undefined);
      },
    },
    work,
  );
}
