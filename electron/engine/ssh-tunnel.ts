import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { AppError } from '../../shared/errors.ts';
import { ensureSocketFolder } from '../lib/socket-folder.ts';
import type { Endpoint } from './endpoint.ts';

export type SshTunnel = {
  /** The socket on this side. Throws while the tunnel is not open. */
  readonly path: () => string;
  /** Resolves once ssh is logged in and listens; at once while it is. @throws AppError `engine/unreachable` in ssh's own words */
  readonly open: (signal: AbortSignal) => Promise<void>;
  /** Answers what ssh said of connections that it could not make since the last time. When it said nothing the line itself may be dead, and is ended. */
  readonly giveUp: () => Promise<AppError | null>;
  /** Of the machine at the other end. */
  readonly hostAddresses: () => readonly string[];
  readonly close: () => void;
};

type Place = Extract<Endpoint, { kind: 'ssh' }>;
type Ssh = ChildProcessByStdio<Writable, Readable, Readable>;

/** Of ssh's own words, this much is kept: the last lines say what is wrong. */
const keptStderr = 4_000;
/** Log-in over a slow line with a slow agent. */
const openTimeoutMs = 25_000;
/** For ssh to say why a connection that it took came to nothing. */
const lastWordsMs = 500;
const refusal = /open failed: (.*)/;
const marker = 'forgehold-ready';
/**
 * Runs at the other end for as long as the tunnel stands. It ends with its input, and so ssh ends with us, however we die. What it prints
 * first says that the log-in is done, what the engine's socket looks like (sshd does not tell), and the machine's addresses. Any login
 * shell can start it; the path was checked when the address was parsed.
 */
function remoteCommand({ path }: Pick<Place, 'path'>): string {
  const look = `s=present; [ -w ${path} ] || s=forbidden; [ -e ${path} ] || s=absent`;
  return `exec sh -c '${look}; echo ${marker} $s $(hostname -I 2>/dev/null); exec cat >/dev/null'`;
}

/** Only what our use needs, over whatever the user's configuration says; how the host is reached and known, and who logs in, is left to it. */
const options = [
  // Named by OpenSSH 8.7 and newer.
  'IgnoreUnknown=ForkAfterAuthentication,SessionType',
  // Nobody could answer a question: unknown hosts and pass phrases fail, in words.
  'BatchMode=yes',
  'ConnectTimeout=15',
  // A line that is cut is noticed within 45 s.
  'ServerAliveInterval=15',
  'ServerAliveCountMax=3',
  // A shared connection would keep our forwarding after us, and its end would not be ours to see.
  'ControlMaster=no',
  'ControlPath=none',
  'ForkAfterAuthentication=no',
  'SessionType=default',
  'RemoteCommand=none',
  'RequestTTY=no',
  'EscapeChar=none',
  // The machine gets nothing of ours but this one line. Forwardings of the user's own may clash with those of another ssh.
  'ForwardAgent=no',
  'ForwardX11=no',
  'Tunnel=no',
  'PermitLocalCommand=no',
  'ExitOnForwardFailure=no',
  'StreamLocalBindUnlink=yes',
  'StreamLocalBindMask=0177',
  // Refused connections are told on this level.
  'LogLevel=INFO',
];

/** One OpenSSH process that forwards a socket of this machine to the engine's (docs/adr/0009-engines-over-ssh.md). */
export function createSshTunnel(place: Place): SshTunnel {
  let line: Line | null = null;
  return {
    path() {
      if (line === null) throw new AppError('engine/unreachable', `The ssh connection to ${place.host} is not open.`);
      return line.path;
    },
    async open(signal) {
      if (line?.isOver === false) return line.opened;
      line?.end();
      line = new Line(place);
      const end = (): void => line?.end();
      signal.addEventListener('abort', end, { once: true });
      await line.opened.finally(() => signal.removeEventListener('abort', end));
    },
    async giveUp() {
      const complaint = (await line?.takeComplaint()) ?? null;
      if (complaint === null) line?.end();
      return complaint;
    },
    hostAddresses: () => line?.hostAddresses ?? [],
    close: () => line?.end(),
  };
}

/** The arguments of ssh; the address was checked when it was parsed. */
export function sshArguments(place: Pick<Place, 'host' | 'user' | 'port' | 'path'>, localPath: string): string[] {
  return [
    '-T',
    ...options.flatMap((option) => ['-o', option]),
    ...['-L', `${localPath}:${place.path}`],
    ...(place.user === undefined ? [] : ['-l', place.user]),
    ...(place.port === undefined ? [] : ['-p', String(place.port)]),
    '--',
    place.host,
    remoteCommand(place),
  ];
}

/** One ssh process, from its start to its end. */
class Line {
  readonly path = join(ensureSocketFolder(), `ssh-${randomBytes(6).toString('hex')}.sock`);
  readonly opened: Promise<void>;
  hostAddresses: readonly string[] = [];
  /** When the log-in was new. */
  #socket: 'present' | 'forbidden' | 'absent' = 'present';
  isOver = false;
  readonly #place: Place;
  readonly #ssh: Ssh;
  #stderr = '';

  constructor(place: Place) {
    this.#place = place;
    this.#ssh = spawn('ssh', sshArguments(place, this.path), { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#ssh.stdin.on('error', () => undefined);
    this.#ssh.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-keptStderr);
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.opened = promise;
    // Whoever waits hears of it; when nobody does, it is no news.
    promise.catch(() => undefined);
    const late = setTimeout(() => this.#finish(reject, new Error('It took too long to log in.')), openTimeoutMs);
    this.#ssh.once('error', (error) => this.#finish(reject, error));
    this.#ssh.once('close', () => this.#finish(reject, null));
    this.#readGreeting(() => {
      clearTimeout(late);
      resolve();
    });
    promise.catch(() => clearTimeout(late));
  }

  end(): void {
    this.isOver = true;
    this.#ssh.stdin.destroy();
    this.#ssh.kill();
    rmSync(this.path, { force: true });
  }

  /** Why a connection through the tunnel came to nothing, where ssh said so. */
  async takeComplaint(): Promise<AppError | null> {
    if (!refusal.test(this.#stderr) && !this.isOver) await this.#hearMore();
    const refused = refusal.exec(this.#stderr)?.[1];
    if (refused === undefined || this.isOver) return null;
    const complaint = this.#error(explainRefusal(refused.trim(), this.#socket, this.#place), null);
    this.#stderr = '';
    // Rights, and what this look saw, are as old as the log-in.
    if (this.#socket !== 'present') this.end();
    return complaint;
  }

  /** ssh speaks on another pipe than the one whose end was seen: its words may come a moment later. */
  #hearMore(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#ssh.stderr.off('data', done);
        resolve();
      };
      const timer = setTimeout(done, lastWordsMs);
      this.#ssh.stderr.on('data', done);
    });
  }

  #finish(reject: (error: AppError) => void, cause: Error | null): void {
    this.end();
    reject(this.#error(explainFailure(this.#stderr, this.#place, cause), cause));
  }

  /** Login shells may print what they like before; the marker is looked for in whole lines. */
  #readGreeting(onReady: () => void): void {
    let text = '';
    const read = (chunk: Buffer): void => {
      text = (text + chunk.toString()).slice(-16_384);
      const line = text.split('\n').find((one, at, all) => at < all.length - 1 && one.startsWith(marker));
      if (line === undefined) return;
      this.#ssh.stdout.off('data', read).resume();
      this.#socket = (['forbidden', 'absent'] as const).find((state) => line.includes(` ${state}`)) ?? 'present';
      this.hostAddresses = line.split(/\s+/).filter((word) => isIP(word) !== 0);
      onReady();
    };
    this.#ssh.stdout.on('data', read);
  }

  #error(message: string, cause: Error | null): AppError {
    return new AppError('engine/unreachable', message, { details: { ssh: this.#stderr.trim().slice(-1_000) }, ...(cause !== null && { cause }) });
  }
}

/** `reason`: what ssh says of a connection that was refused at the other end. */
function explainRefusal(reason: string, socket: 'present' | 'forbidden' | 'absent', { host, path }: Place): string {
  if (/prohibited/i.test(reason)) return `The ssh server on ${host} does not forward sockets. Set "AllowStreamLocalForwarding yes" there.`;
  if (socket === 'forbidden') return `On ${host} you may not open ${path}. Add yourself to the "docker" group there.`;
  if (socket === 'absent')
    return `On ${host} there is no engine at ${path}. Is Docker started there? A rootless one answers at ssh://${host}/run/user/<uid>/docker.sock.`;
  // sshd gives no reason: both look the same from here.
  return `On ${host} nothing answers at ${path}. Is Docker started there, and does its ssh server forward sockets (AllowStreamLocalForwarding)?`;
}

const failures: readonly { readonly pattern: RegExp; readonly say: (place: Place) => string }[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for .* has changed/,
    say: ({ host }) => `The host key of ${host} is not the one you know. If you expect that, remove the old one with "ssh-keygen -R", and log in once by hand.`,
  },
  {
    pattern: /Host key verification failed|No .* host key is known/,
    say: (place) => `You have not met ${place.host} yet. Log in once with "${byHand(place)}" and check its host key.`,
  },
  {
    pattern: /Permission denied/,
    say: (place) => `${place.host} does not let you in without a question. Load your key into ssh-agent, and see that "${byHand(place)}" asks nothing.`,
  },
  { pattern: /Could not resolve hostname/, say: ({ host }) => `There is no host named ${host}. Check the engine's address.` },
  { pattern: /Connection refused/, say: ({ host }) => `No ssh server answers on ${host}. Check the host and port of the engine's address.` },
  {
    pattern: /timed out|No route to host|Network is unreachable/,
    say: ({ host }) => `${host} does not answer over ssh. Is it on, and are you on its network?`,
  },
];

function explainFailure(stderr: string, place: Place, cause: NodeJS.ErrnoException | null): string {
  if (cause?.code === 'ENOENT') return 'OpenSSH is needed to reach this engine, and there is no "ssh" on this machine. Install it.';
  const known = failures.find(({ pattern }) => pattern.test(stderr));
  if (known !== undefined) return known.say(place);
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return `The ssh connection to ${place.host} ended${last === '' ? '' : `: ${last}`}. Try "${byHand(place)}".`;
}

function byHand({ host, user, port }: Place): string {
  return ['ssh', ...(port === undefined ? [] : ['-p', String(port)]), user === undefined ? host : `${user}@${host}`].join(' ');
}
