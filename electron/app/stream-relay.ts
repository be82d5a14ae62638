import type { MessagePortMain } from 'electron';
import { type Channel, createChannel } from '../../shared/contract/channel.ts';
import { decodeFrame } from '../../shared/contract/wire.ts';

/**
 * Carries a stream of the core to a page's port and back. Each side has its own window of credit, and what is taken from one
 * is credited only when the other has room: a page that does not read slows the program down.
 */
export function relayStream(port: MessagePortMain, core: Channel): void {
  // A message is copied as a whole with its buffer, so a frame must not be a view on a larger one: `encodeFrame` makes it so.
  const { channel: page, receive, drop } = createChannel(0, (frame) => port.postMessage(frame.buffer));
  port.on('message', ({ data }) => {
    const frame = data instanceof ArrayBuffer ? decodeFrame(new Uint8Array(data)) : null;
    if (frame) receive(frame);
    else port.close();
  });
  port.once('close', drop);
  core.onData((bytes) => page.write(bytes));
  page.onData((bytes) => core.write(bytes));
  join(core, page, () => port.close());
  join(page, core, () => {});
  port.start();
}

/** The end of one is the end of the other, with its error. */
function join(from: Channel, to: Channel, after: () => void): void {
  from.closed
    .then(
      () => to.end(),
      (error: unknown) => to.end(error),
    )
    .finally(after);
}
