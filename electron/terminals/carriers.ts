import type { ControlClient } from './control-client.ts';

/** Which of the workspace's two control clients brings a pane's output. */
export type Carrier = 'foreground' | 'background';

/** The two connections to a workspace's tmux server, and the names it knows them by. */
export type Link = Readonly<Record<Carrier, { readonly client: ControlClient; readonly name: string }>>;

/** tmux brings the pane's output from here on, whether it was paused or off. */
export function carryCommand(link: Link, carrier: Carrier, pane: number): string {
  return `refresh-client -t ${link[carrier].name} -A '%${pane}:on' -A '%${pane}:continue'`;
}

/**
 * The client does not count any more: when all others are off or full too, tmux stops reading the program's output.
 * Never a bare `off`: with output of the pane still queued, tmux 3.5a ends itself (control.c: "not enough data"). `pause` drops
 * the queue first, and `continue` takes the pause back, which would let the program run ahead of its reader.
 */
export function offCommand(link: Link, carrier: Carrier, pane: number): string {
  return `refresh-client -t ${link[carrier].name} -A '%${pane}:pause' -A '%${pane}:off' -A '%${pane}:continue'`;
}

/** tmux goes on reading the program's output, for its own screen only: what a pane that nobody looks at needs. */
export function ignoreCommand(link: Link, carrier: Carrier, pane: number): string {
  return `refresh-client -t ${link[carrier].name} -A '%${pane}:on' -A '%${pane}:pause'`;
}

/** Resolves with `settle`'s result, which runs in the order of the carrier's stream. */
export function ask<T>(link: Link, carrier: Carrier, commands: readonly string[], settle: (bodies: readonly (readonly Buffer[])[]) => T): Promise<T> {
  return new Promise((resolve, reject) => {
    link[carrier].client.send(commands, (error, bodies) => {
      if (error) return reject(error);
      try {
        resolve(settle(bodies));
      } catch (cause) {
        reject(cause);
      }
    });
  });
}
