import { chmodSync, rmSync } from 'node:fs';
import { type Server, type Socket, connect, createServer } from 'node:net';
import { type Connection, maxFrameBytes, maxQueuedBytes } from '../../shared/contract/wire.ts';
import { AppError } from '../../shared/errors.ts';
import { FrameReader } from './frame-reader.ts';
import { type SocketAddress, secureSocketFolder } from './socket-address.ts';

/** Far above what a person opens; each costs a descriptor. */
const maxClients = 256;
/** A core that does not even accept within this many milliseconds hangs. */
const connectTimeout = 5000;

export type SocketServer = { readonly close: () => Promise<void> };

/**
 * Listens on the unix socket (mode 0600) or named pipe of a data folder. Only the holder of the core's lock may call this: it removes a socket that a dead core left.
 */
export async function serveSocket(address: SocketAddress, serve: (connection: Connection) => void): Promise<SocketServer> {
  secureSocketFolder(address, true);
  const isPipe = address.path.startsWith('\\\\');
  if (!isPipe) rmSync(address.path, { force: true });
  const clients = new Set<Socket>();
  const server = createServer((socket) => {
    clients.add(socket);
    socket.once('close', () => clients.delete(socket));
    serve(connectionOver(socket));
  });
  server.maxConnections = maxClients;
  await listen(server, address.path);
  if (!isPipe) chmodSync(address.path, 0o600);
  return {
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      // Answers that are still on their way get out first; a client that does not read them is cut off.
      for (const socket of clients) socket.end();
      const cut = setTimeout(() => {
        for (const socket of clients) socket.destroy();
      }, 500);
      await closed;
      clearTimeout(cut);
    },
  };
}

/**
 * Connects to the core of a data folder.
 *
 * @throws AppError `core/not-running`
 */
export async function connectSocket(address: SocketAddress): Promise<Connection> {
  secureSocketFolder(address, false);
  const socket = connect(address.path);
  const giveUp = setTimeout(() => socket.destroy(new Error('It does not accept connections.')), connectTimeout);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
    });
  } catch (cause) {
    throw new AppError('core/not-running', 'No Forgehold core runs for this data folder. Start one with "forgehold serve" (and the same --data).', {
      details: { socket: address.path },
      cause,
    });
  } finally {
    clearTimeout(giveUp);
  }
  return connectionOver(socket);
}

/** Frames over a byte stream, each preceded by its length. However long a peer is silent in the middle of one, nobody else waits. */
export function connectionOver(socket: Socket): Connection {
  const reader = new FrameReader(maxFrameBytes);
  let listener: ((frame: Uint8Array) => void) | null = null;
  socket.setNoDelay(true);
  // What went wrong with a peer's socket is told by its close.
  socket.on('error', () => socket.destroy());
  return {
    send(frame) {
      if (socket.destroyed || socket.writableEnded) return;
      const size = Buffer.allocUnsafe(4);
      size.writeUInt32BE(frame.length);
      socket.cork();
      socket.write(size);
      socket.write(frame);
      socket.uncork();
      if (socket.writableLength > maxQueuedBytes) socket.destroy();
    },
    onFrame(next) {
      listener = next;
      // Until there is a listener the socket is not read at all.
      socket.on('data', (chunk: Buffer) => {
        try {
          for (const frame of reader.push(chunk)) if (!socket.destroyed) listener?.(frame);
        } catch {
          socket.destroy();
        }
      });
    },
    onClose(closed) {
      if (socket.destroyed) closed();
      else socket.once('close', () => closed());
    },
    close() {
      socket.destroySoon();
      setTimeout(() => socket.destroy(), 1000).unref();
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new AppError('ipc/socket-unusable', `The socket ${path} cannot be opened: ${cause.message}.`, { details: { socket: path }, cause })),
    );
    server.listen(path, () => resolve());
  });
}
