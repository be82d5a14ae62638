import type { Connection } from '../../shared/contract/wire.ts';
import { AppError } from '../../shared/errors.ts';

/** The WebSocket of the page's own core. */
export function socketAddress(location: Pick<Location, 'protocol' | 'host'>): string {
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/ws`;
}

/** A browser does not say why a socket was refused; the same address over HTTP does. */
async function explainRefusal(address: string): Promise<AppError> {
  const answer = await fetch(address.replace(/^ws/, 'http')).catch(() => null);
  if (answer?.status === 401)
    return new AppError('connection/signed-out', 'This browser is not let in any more. Run “forgehold url”, and open the address that it prints.');
  return new AppError('connection/refused', 'Forgehold does not answer. Start it again; this page reconnects by itself.');
}

/** Resolves once the socket is open; rejects with `connection/refused` or `connection/signed-out` when it cannot be. One message is one frame. */
export function connectWebSocket(address: string): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address);
    socket.binaryType = 'arraybuffer';
    const closed: (() => void)[] = [];
    const early: Uint8Array[] = [];
    let listener: ((frame: Uint8Array) => void) | null = null;

    socket.addEventListener('message', ({ data }) => {
      if (!(data instanceof ArrayBuffer)) return socket.close();
      const frame = new Uint8Array(data);
      if (listener) listener(frame);
      else early.push(frame);
    });
    socket.addEventListener('close', () => {
      void explainRefusal(address).then(reject);
      for (const call of closed) call();
    });
    socket.addEventListener('open', () =>
      resolve({
        send: (frame) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(frame);
        },
        onFrame(next) {
          listener = next;
          for (const frame of early.splice(0)) next(frame);
        },
        onClose(call) {
          if (socket.readyState === WebSocket.CLOSED) call();
          else closed.push(call);
        },
        close: () => socket.close(),
      }),
    );
  });
}
