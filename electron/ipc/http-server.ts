import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import fastifyCookie from '@fastify/cookie';
import fastifyStatic from '@fastify/static';
import fastifyWebsocket from '@fastify/websocket';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { type Connection, maxFrameBytes } from '../../shared/contract/wire.ts';
import { AppError } from '../../shared/errors.ts';
import type { WebAccess } from './web-access.ts';
import { judgeRequest, securityHeaders } from './web-policy.ts';
import { connectionOverWebSocket } from './websocket-transport.ts';

export type HttpServer = {
  readonly port: number;
  /** A fresh one-time address. */
  readonly mintUrl: () => string;
  readonly close: () => Promise<void>;
};

export type HttpServerOptions = {
  /** A given port is taken or it fails; without one, that of the last time when it is free, else any. */
  readonly port?: number | undefined;
  readonly access: WebAccess;
  /** Cookies know no ports: two instances on one machine need two names. */
  readonly installation: string;
  /** The built interface. */
  readonly root: string;
  readonly serve: (connection: Connection) => void;
};

/** What `build/vite.renderer.ts` writes where the nonce belongs. */
const noncePlaceholder = '__CSP_NONCE__';

/**
 * The interface for browsers on this machine: static files and one WebSocket, on 127.0.0.1 only. Nothing but the WebSocket does anything,
 * and it takes a cookie that only a one-time address gives, from our own page.
 *
 * @throws AppError `serve/port-taken`
 */
export async function serveHttp(options: HttpServerOptions): Promise<HttpServer> {
  const app = fastify({
    bodyLimit: 1024,
    requestTimeout: 30_000,
    keepAliveTimeout: 10_000,
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: true,
  });
  const sockets = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  // There is nothing to post: no body is ever read.
  app.removeAllContentTypeParsers();
  let port = 0;
  app.addHook('onRequest', async (request, reply) => {
    const nonce = randomBytes(16).toString('base64');
    request.nonce = nonce;
    reply.headers(securityHeaders(port, nonce));
    const isUpgrade = request.headers.upgrade !== undefined;
    const refusal =
      judgeRequest(request.headers, port, isUpgrade) ??
      (isUpgrade && request.routeOptions.url !== '/ws' ? { status: 404, message: 'No WebSocket is here.' } : null);
    if (refusal) return reply.code(refusal.status).header('connection', 'close').type('text/plain').send(`${refusal.message}\n`);
    if (request.method !== 'GET' && request.method !== 'HEAD') return reply.code(405).header('allow', 'GET').type('text/plain').send('Only GET is answered.\n');
  });
  app.decorateRequest('nonce', '');
  await app.register(fastifyCookie);
  await app.register(fastifyWebsocket, { options: { maxPayload: maxFrameBytes, perMessageDeflate: false }, preClose: (done) => endSockets(app, done) });
  const cookie = `forgehold-${options.installation}`;
  addPages(app, options, cookie);
  addSocket(app, options, cookie);
  await addAssets(app, options.root);
  app.setErrorHandler((error, _request, reply) => {
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    return reply
      .code(status)
      .type('text/plain')
      .send(status < 500 ? 'That request cannot be answered.\n' : 'Something went wrong inside Forgehold. The log has the details.\n');
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('There is nothing here.\n'));
  port = await listen(app, options);
  options.access.rememberPort(port);
  return {
    port,
    mintUrl: () => `http://127.0.0.1:${port}/?token=${options.access.mintToken()}`,
    close: () => closeWhole(app, sockets),
  };
}

declare module 'fastify' {
  // eslint-disable-next-line typescript/consistent-type-definitions -- only an interface can be merged
  interface FastifyRequest {
    /** Of this answer's content security policy. */
    nonce: string;
  }
}

function hasSession(request: FastifyRequest, access: WebAccess, cookie: string): boolean {
  const secret = request.cookies[cookie];
  return secret !== undefined && access.isSession(secret);
}

function addPages(app: FastifyInstance, { access, root }: HttpServerOptions, cookie: string): void {
  const index = join(root, 'index.html');
  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    reply.header('cache-control', 'no-store').type('text/html; charset=utf-8');
    const { token } = request.query as { token?: unknown };
    if (typeof token === 'string') {
      const secret = access.trade(token);
      if (secret) {
        reply.setCookie(cookie, secret, { path: '/', httpOnly: true, sameSite: 'strict' });
        // A redirect at the end of another site's link would come without the strict cookie; a page of ours that moves on does not.
        if (request.headers['sec-fetch-site'] === 'cross-site') return reply.send(page('<meta http-equiv="refresh" content="0;url=/">'));
        return reply.redirect('/', 303);
      }
      // Reloading the address that let this browser in is no harm.
      if (hasSession(request, access, cookie)) return reply.redirect('/', 303);
    }
    if (!hasSession(request, access, cookie))
      return reply.code(401).send(page('', 'This address has been used or has run out. <code>forgehold url</code> prints a new one.'));
    if (!existsSync(index)) return reply.code(503).send(page('', 'The interface has not been built. Run <code>npm run build</code>.'));
    return reply.send(readFileSync(index, 'utf8').replaceAll(noncePlaceholder, request.nonce));
  }
  app.get('/', answer);
  app.get('/index.html', answer);
}

function page(head: string, body = ''): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Forgehold</title>${head}</head><body><p>${body}</p></body></html>`;
}

function addSocket(app: FastifyInstance, { access, serve }: HttpServerOptions, cookie: string): void {
  app.get(
    '/ws',
    {
      websocket: true,
      // Before the handshake: a stranger's upgrade is answered by plain HTTP, and no frame of theirs is parsed.
      onRequest: async (request, reply) => {
        if (!hasSession(request, access, cookie))
          return reply.code(401).type('text/plain').send('Open the one-time address first: "forgehold url" prints one.\n');
        if (request.headers.upgrade === undefined) return reply.code(426).type('text/plain').send('This is a WebSocket.\n');
      },
    },
    (socket) => serve(connectionOverWebSocket(socket)),
  );
}

/** Node no longer counts a connection whose upgrade was refused among those it can close, and yet waits for it. */
async function closeWhole(app: FastifyInstance, sockets: ReadonlySet<Socket>): Promise<void> {
  const cut = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, 1000);
  await app.close();
  clearTimeout(cut);
}

/** A browser that does not answer the farewell (a sleeping laptop) must not keep the core from ending. */
function endSockets(app: FastifyInstance, done: () => void): void {
  const { clients } = app.websocketServer;
  for (const client of clients) client.close(1001, 'The core ends.');
  const cut = setTimeout(() => {
    for (const client of clients) client.terminate();
  }, 500);
  app.websocketServer.close(() => {
    clearTimeout(cut);
    done();
  });
}

/** The built files hold nothing secret; their names carry a hash of their content. */
async function addAssets(app: FastifyInstance, root: string): Promise<void> {
  if (!existsSync(root)) return;
  await app.register(fastifyStatic, {
    root,
    index: false,
    dotfiles: 'deny',
    cacheControl: false,
    setHeaders: (response, path) => void response.header('cache-control', path.includes('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache'),
  });
}

async function listen(app: FastifyInstance, { port, access }: HttpServerOptions): Promise<number> {
  const wanted = port ?? access.lastPort() ?? 0;
  try {
    await app.listen({ host: '127.0.0.1', port: wanted });
  } catch (cause) {
    if (port === undefined && wanted !== 0 && (cause as NodeJS.ErrnoException).code === 'EADDRINUSE') await app.listen({ host: '127.0.0.1', port: 0 });
    else
      throw new AppError('serve/port-taken', `Port ${wanted} of 127.0.0.1 cannot be used: ${(cause as Error).message}. Give another one with --port.`, {
        details: { port: wanted },
        cause,
      });
  }
  return (app.server.address() as AddressInfo).port;
}
