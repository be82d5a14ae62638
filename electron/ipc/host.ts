import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { CoreLock } from '../lib/core-lock.ts';
import type { DataFolder } from '../lib/data-folder.ts';
import type { Logger } from '../lib/logger.ts';
import { sweepSockets } from '../lib/socket-folder.ts';
import { type HttpServer, serveHttp } from './http-server.ts';
import { type Router, createRouter } from './router.ts';
import { findSocketAddress } from './socket-address.ts';
import { type SocketServer, serveSocket } from './socket-transport.ts';
import type { Compose, Core } from './types.ts';
import { openWebAccess } from './web-access.ts';

export type HostOptions = {
  readonly folder: DataFolder;
  readonly lock: CoreLock;
  readonly version: string;
  readonly log: Logger;
  readonly environment: NodeJS.ProcessEnv;
  readonly compose: Compose;
  /** Absent: no interface for browsers. */
  readonly web?: { readonly root: string; readonly port?: number | undefined };
};

/** A running core, reachable. */
export type Host = {
  readonly router: Router;
  /** A fresh one-time address for a browser. */
  readonly mintUrl: () => string;
  /** Tells the clients, lets answers out, closes everything. Idempotent. */
  readonly close: (reason: string) => Promise<void>;
  readonly closed: Promise<void>;
};

/** For the core to write everything down, in milliseconds; then the process ends all the same. */
const closePatience = 15_000;

/** Composes the core of a data folder whose lock this process holds, and opens the ways in. When that fails nothing stays open, and the lock is free. */
export async function hostCore(options: HostOptions): Promise<Host> {
  const host = new CoreHost(options);
  try {
    await host.start();
  } catch (error) {
    await host.close('It could not start.');
    throw error;
  }
  return { router: host.router, mintUrl: () => host.mintUrl(), close: (reason) => host.close(reason), closed: host.closed };
}

class CoreHost {
  readonly #options: HostOptions;
  readonly #closed = Promise.withResolvers<void>();
  #router: Router | null = null;
  #core: Core | null = null;
  #socket: SocketServer | null = null;
  #http: HttpServer | null = null;
  #isClosing = false;

  constructor(options: HostOptions) {
    this.#options = options;
  }

  get router(): Router {
    if (!this.#router) throw new Error('The core has not started.');
    return this.#router;
  }

  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  async start(): Promise<void> {
    const { folder, version, log, environment, compose, web } = this.#options;
    // Beside the start, never in its way.
    sweepSockets().catch((error: unknown) => log.warn({ error }, 'Sockets that were left behind could not be swept'));
    const core = await compose({ dataFolder: folder, version, log, environment, publish: (name, payload) => this.#router?.publish(name, payload) });
    this.#core = core;
    const router = createRouter({
      calls: { ...core.calls, 'app.quit': () => this.#quitSoon(), 'app.url': () => ({ url: this.mintUrl() }) },
      streams: core.streams,
      onBug: (where, error) => log.error({ error, where }, 'A bug'),
      checkOutputs: environment['NODE_ENV'] !== 'production',
    });
    this.#router = router;
    if (web) {
      const access = openWebAccess(join(folder.root, 'web.json'));
      this.#http = await serveHttp({ ...web, access, installation: folder.installation, serve: router.serve });
    }
    // Last: whoever reaches the socket finds everything there.
    this.#socket = await serveSocket(findSocketAddress(folder.root), router.serve);
  }

  mintUrl(): string {
    if (!this.#http)
      throw new AppError('app/no-browser-interface', 'This core runs without the interface for browsers. Use its window, or start it with "forgehold serve".');
    return this.#http.mintUrl();
  }

  async close(reason: string): Promise<void> {
    if (this.#isClosing) return this.closed;
    this.#isClosing = true;
    const { lock, log } = this.#options;
    this.#router?.publish('app.closing', { reason });
    const results = await Promise.allSettled([this.#socket?.close(), this.#http?.close()]);
    results.push(...(await Promise.allSettled([withPatience(this.#core?.close())])));
    for (const result of results) if (result.status === 'rejected') log.error({ error: result.reason as unknown }, 'Closing');
    lock.release();
    this.#closed.resolve();
  }

  /** After the answer is on its way. */
  #quitSoon(): Record<string, never> {
    setImmediate(() => void this.close('It was asked to end.'));
    return {};
  }
}

async function withPatience(closing: Promise<void> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AppError('core/slow-close', `The core did not close within ${closePatience} ms.`)), closePatience);
  });
  await Promise.race([closing, late]).finally(() => clearTimeout(timer));
}
