import { type Channel, maxPiece } from '../../shared/contract/channel.ts';
import type { Screen } from '../../shared/model/terminal.ts';

/** So often a screen is sent while its program writes. Milliseconds. */
const everyMs = 400;
const encoder = new TextEncoder();

export type ScreenWatch = {
  /** Stands for the client of an attached viewer: what is written to it says only that there was output. */
  readonly tap: Channel;
  readonly stop: () => void;
};

/** Sends a screen as text once and after output, never the same twice. A program that is quiet costs nothing. `read` answers null while there is nothing to be read. `onError` hears why the screen could not be read. */
export function watchScreen(channel: Channel, read: () => Promise<Screen | null>, onError: (error: unknown) => void): ScreenWatch {
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  let changed = false;
  let last = '';
  async function send(): Promise<void> {
    const screen = await read();
    const text = screen === null ? last : fit(screen.lines);
    if (stopped || text === last) return;
    last = text;
    await channel.write(encoder.encode(text));
  }
  function look(): void {
    changed = true;
    if (timer || stopped) return;
    changed = false;
    send().catch((error: unknown) => {
      if (!stopped) onError(error);
    });
    timer = setTimeout(() => {
      timer = null;
      if (changed) look();
    }, everyMs);
  }
  return {
    tap: {
      write: async () => look(),
      onData: () => {},
      end: channel.end,
      closed: channel.closed,
    },
    stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
    },
  };
}

/** JSON in one message: of a screen that is larger than one, its last lines. */
function fit(lines: readonly string[]): string {
  const text = JSON.stringify({ lines });
  // A character takes at most three bytes in UTF-8 for each unit of UTF-16.
  return text.length * 3 <= maxPiece || lines.length <= 1 ? text : fit(lines.slice(Math.ceil(lines.length / 2)));
}
