import { readFile } from 'node:fs/promises';
import { Agent, type AgentOptions } from 'node:http';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { inspect } from 'node:util';
import { AppError } from '../../shared/errors.ts';
import type { Endpoint, TlsFiles } from './endpoint.ts';
import { createSshTunnel } from './ssh-tunnel.ts';

/** The way to one engine, whatever it leads over: what is above speaks plain HTTP to `agent`. */
export type Dialer = {
  /** Sockets to the engine, once `ready` has resolved. */
  readonly agent: Agent;
  /** Makes the way passable: to be called before each handshake. @throws AppError `engine/unreachable`, with what to do */
  readonly ready: (signal: AbortSignal) => Promise<void>;
  /** A handshake failed: what is known of the reason. A way that led nowhere is made anew by the next `ready`. */
  readonly giveUp: () => Promise<AppError | null>;
  /** The longest wait between two tries, in milliseconds. */
  readonly patienceMs: number;
  /** Addresses of the machine the engine runs on, as far as they are known; null when it is this one. */
  readonly hostAddresses: () => readonly string[] | null;
  readonly close: () => void;
};

/** A TCP connection that is not there after this long leads nowhere; the system's own patience is minutes. */
const connectTimeoutMs = 8_000;
/** Without it a line that was cut silently (a slept laptop, a lost network) looks whole for hours. */
const keepAliveMs = 15_000;
/** Quick after a restart, quiet when the engine is off for hours. A log-in is work for the other machine, and too many that fail look like an attack. */
const patienceMs = 5_000;
const sshPatienceMs = 30_000;

export function createDialer(endpoint: Exclude<Endpoint, { kind: 'invalid' }>): Dialer {
  switch (endpoint.kind) {
    case 'socket':
      return dialSocket(() => endpoint.path, { hostAddresses: () => null });
    case 'tcp':
      return dialTcp(endpoint);
    case 'ssh': {
      const tunnel = createSshTunnel(endpoint);
      return dialSocket(() => tunnel.path(), {
        ready: (signal) => tunnel.open(signal),
        patienceMs: sshPatienceMs,
        giveUp: () => tunnel.giveUp(),
        hostAddresses: () => tunnel.hostAddresses(),
        close: () => tunnel.close(),
      });
    }
    default:
      return endpoint satisfies never;
  }
}

function dialSocket(path: () => string, rest: Partial<Omit<Dialer, 'agent'>>): Dialer {
  const agent = new Sockets(() => connect(path()));
  return {
    agent,
    ready: () => Promise.resolve(),
    giveUp: () => Promise.resolve(null),
    patienceMs,
    hostAddresses: () => [],
    ...rest,
    close() {
      agent.destroy();
      rest.close?.();
    },
  };
}

function dialTcp({ host, port, tls }: Extract<Endpoint, { kind: 'tcp' }>): Dialer {
  let secrets: Secrets = {};
  const addresses = new Set<string>();
  function open(): Socket {
    // Only for names: an address is compared with the certificate's addresses.
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket =
      tls === null
        ? connect({ host, port })
        : connectTls({ host, port, ...name, ...secrets, rejectUnauthorized: true, minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'] });
    const ready = tls === null ? 'connect' : 'secureConnect';
    const late = setTimeout(() => socket.destroy(Object.assign(new Error('No answer.'), { code: 'ETIMEDOUT' })), connectTimeoutMs);
    socket.setKeepAlive(true, keepAliveMs);
    socket.once('close', () => clearTimeout(late));
    socket.once(ready, () => {
      clearTimeout(late);
      if (socket.remoteAddress !== undefined) addresses.add(socket.remoteAddress);
    });
    return socket;
  }
  const agent = new Sockets(open);
  return {
    agent,
    async ready() {
      secrets = tls === null ? {} : await readSecrets(tls);
    },
    giveUp: () => Promise.resolve(null),
    patienceMs,
    hostAddresses: () => [...addresses],
    close: () => agent.destroy(),
  };
}

type Secrets = { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };

const roles = { ca: 'CA certificate', cert: 'client certificate', key: 'client key' } as const;

async function readSecrets(files: TlsFiles): Promise<Secrets> {
  const present = (['ca', 'cert', 'key'] as const).flatMap((role) => (files[role] === undefined ? [] : [[role, files[role]] as const]));
  return Object.fromEntries(
    await Promise.all(
      present.map(async ([role, path]) => {
        try {
          return [role, await readFile(path)] as const;
        } catch (cause) {
          const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : `cannot be read (${(cause as NodeJS.ErrnoException).code})`;
          throw new AppError('engine/unreachable', `The engine's ${roles[role]} ${path} ${why}. Put it there, or correct the engine's TLS files.`, { cause });
        }
      }),
    ),
  );
}

/**
 * Plain HTTP over whatever `open` gives. No keep-alive: a socket costs microseconds, a stale one after an engine restart costs a failed
 * request. No limit: a hanging request holds up no other.
 */
class Sockets extends Agent {
  readonly #open: () => Socket;

  constructor(open: () => Socket) {
    super({ keepAlive: false, maxSockets: Infinity } satisfies AgentOptions);
    this.#open = open;
  }

  override createConnection(): Socket {
    return withoutEmptyWrites(this.#open());
  }

  /**
   * docker-modem renders the options of every request for its debug log, to any depth, whether anyone listens or not; of an agent that
   * means all its open sockets, which cost 2 ms a request with few of them and more with many.
   */
  [inspect.custom](): string {
    return 'Agent';
  }
}

/**
 * Node ends a request whose body is still on its way with a chunk of no bytes. The engine may have answered and closed by then: that write
 * fails with EPIPE, and the answer that lies ready is lost (https://github.com/nodejs/node/issues/41062). What has no bytes needs no write.
 */
function withoutEmptyWrites(socket: Socket): Socket {
  const write = socket._write.bind(socket);
  const writev = socket._writev!.bind(socket);
  socket._write = (chunk: Uint8Array | string, encoding, done) => {
    if (chunk.length === 0) done();
    else write(chunk, encoding, done);
  };
  socket._writev = (chunks, done) => {
    const full = chunks.filter(({ chunk }) => (chunk as Uint8Array | string).length > 0);
    if (full.length === 0) done();
    else writev(full, done);
  };
  return socket;
}
