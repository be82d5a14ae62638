import { randomBytes } from 'node:crypto';
import { createServer, type Socket } from 'node:net';

/** A TCP listener of the app's own for the seconds of a self-test; it says its nonce and hangs up. */
export type Canary = {
  readonly address: string;
  readonly port: number;
  readonly nonce: string;
  /** Addresses that have connected. */
  readonly visitors: () => readonly string[];
  readonly close: () => void;
};

/**
 * Listens on one address of this host: the bridge of the egress network, which only containers and this host reach.
 * Null where the engine is not on this machine, so that there is no such address.
 */
export function openCanary(address: string): Promise<Canary | null> {
  const nonce = randomBytes(12).toString('hex');
  const visitors: string[] = [];
  const server = createServer((socket: Socket) => {
    visitors.push(socket.remoteAddress ?? '?');
    socket.on('error', () => undefined);
    socket.end(`${nonce}\n`);
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRNOTAVAIL' ? resolve(null) : reject(error)));
    server.listen({ host: address, port: 0, exclusive: true }, () => {
      const bound = server.address();
      if (bound === null || typeof bound === 'string') return reject(new Error('The canary has no address.'));
      server.unref();
      resolve({ address, port: bound.port, nonce, visitors: () => visitors, close: () => void server.close() });
    });
  });
}
