import type { Channel } from '../../shared/contract/channel.ts';
import { visibleLines } from './safe-text.ts';

/** Of a message's first byte; the other is standard error (`workspaces.logs`). */
const standardOutput = 1;

/** Prints a container's log: as it is into files and pipes, and onto a terminal without what a terminal obeys. Ctrl-C ends it. */
export async function printLog(channel: Channel): Promise<void> {
  const decoders = { out: new TextDecoder(), err: new TextDecoder() };
  let left = false;
  const leave = (): void => {
    left = true;
    channel.end();
  };
  process.on('SIGINT', leave);
  channel.onData(async (message) => {
    const isOut = message[0] === standardOutput;
    const target = isOut ? process.stdout : process.stderr;
    const bytes = message.subarray(1);
    await write(target, target.isTTY ? visibleLines(decoders[isOut ? 'out' : 'err'].decode(bytes, { stream: true })) : bytes);
  });
  try {
    await channel.closed;
  } catch (error) {
    if (!left) throw error;
  } finally {
    process.off('SIGINT', leave);
  }
}

function write(target: NodeJS.WriteStream, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    target.write(data, () => resolve());
  });
}
