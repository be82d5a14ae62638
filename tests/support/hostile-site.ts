import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A page of somebody else's, on loopback. */
export type HostileSite = {
  /** Without a slash at its end. */
  readonly origin: string;
  readonly stop: () => void;
};

/** Every address of it is the same empty page; `onRequest` sees each request first and may add headers. */
export async function startHostileSite(onRequest: (request: IncomingMessage, response: ServerResponse) => void = () => undefined): Promise<HostileSite> {
  const server = createServer((request, response) => {
    onRequest(request, response);
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Hostile</title><body>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
