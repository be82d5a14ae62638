import type { WebSocket } from '@fastify/websocket';
import { type Connection, maxQueuedBytes } from '../../shared/contract/wire.ts';

/** Between two pings, in milliseconds; a peer that has not answered the last one is gone (a sleeping laptop, a cut tunnel). */
const heartbeat = 30_000;

/** One binary message is one frame. Text is refused. */
export function connectionOverWebSocket(socket: WebSocket): Connection {
  let isAlive = true;
  const beat = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, heartbeat);
  socket.on('pong', () => (isAlive = true));
  socket.on('close', () => clearInterval(beat));
  // A malformed or oversized message: ws closes the socket itself, with the code that says so.
  socket.on('error', () => socket.terminate());
  return {
    send(frame) {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(frame);
      if (socket.bufferedAmount > maxQueuedBytes) socket.terminate();
    },
    onFrame(listener) {
      socket.on('message', (data: Buffer, isBinary: boolean) => {
        isAlive = true;
        if (isBinary) listener(data);
        else socket.close(1003, 'Frames are binary.');
      });
    },
    onClose(listener) {
      if (socket.readyState === socket.CLOSED) listener();
      else socket.on('close', () => listener());
    },
    close: (reason) => socket.close(1002, reason ?? ''),
  };
}
