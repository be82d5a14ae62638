import { parseArgs } from 'node:util';
import { AppError, toWireError } from '../../shared/errors.ts';
import { explainTrouble } from '../../shared/trouble.ts';
import { openDataFolder } from '../lib/data-folder.ts';
import { type Logger, createLogger } from '../lib/logger.ts';
import { type Place, takePlace } from './attach.ts';
import { type Host, hostCore } from './host.ts';
import type { Compose } from './types.ts';

export type ServerShellOptions = {
  /** `[--json] [--data DIR] [--port N]` */
  readonly argv: readonly string[];
  readonly version: string;
  /** The built interface. */
  readonly webRoot: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly compose: Compose;
};

type Arguments = { readonly json: boolean; readonly data: string | undefined; readonly port: number | undefined };

/**
 * `forgehold serve`: starts the core of a data folder, prints a one-time address and stays until SIGINT, SIGTERM or `app.quit`.
 * When that core already runs it prints a fresh address of it and ends. Sets the exit status: 0, 1 after an error, 2 for wrong arguments.
 */
export async function runServerShell(options: ServerShellOptions): Promise<void> {
  const given = readArguments(options.argv);
  if (typeof given === 'string') {
    process.stderr.write(`${given}\nUsage: forgehold serve [--json] [--data DIR] [--port N]\n`);
    process.exitCode = 2;
    return;
  }
  try {
    const folder = openDataFolder(given.data);
    const place = await takePlace(folder, options.version);
    if (place.kind === 'taken') return await announceRunning(place, given.json, folder.root);
    const log = createLogger(folder.logs, { stderr: process.stderr });
    const running: Running = { host: null };
    crashLoudly(log, running);
    const { version, environment, compose, webRoot } = options;
    const host = (running.host = await hostCore({ folder, lock: place.lock, version, log, environment, compose, web: { root: webRoot, port: given.port } }));
    log.info({ version, dataFolder: folder.root }, 'started');
    stopOnSignals(host);
    announce(given.json, host.mintUrl(), process.pid, `Forgehold ${version} runs for ${folder.root}. Open this address once, in a browser on this machine:`);
    await host.closed;
    log.info('ended');
    process.exit();
  } catch (error) {
    reportFailure(error, given.json);
  }
}

function readArguments(argv: readonly string[]): Arguments | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { json: { type: 'boolean', default: false }, data: { type: 'string' }, port: { type: 'string' } },
      strict: true,
    });
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) return `--port takes a number from 1 to 65535, not "${values.port}".`;
    return { json: values.json, data: values.data, port };
  } catch (error) {
    return (error as Error).message;
  }
}

function announce(json: boolean, url: string, pid: number, sentence: string): void {
  process.stdout.write(json ? `${JSON.stringify({ url, pid })}\n` : `${sentence}\n\n  ${url}\n\n`);
}

async function announceRunning({ client, pid }: Extract<Place, { kind: 'taken' }>, json: boolean, root: string): Promise<void> {
  try {
    const { url } = await client.call('app.url', {});
    announce(json, url, pid, `Forgehold already runs for ${root} (process ${pid}). Open this address once, in a browser on this machine:`);
  } finally {
    client.close();
  }
}

function stopOnSignals(host: Host): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void host.close(`It received ${signal}.`));
}

type Running = { host: Host | null };

/** For what can still be written down after a bug, in milliseconds. */
const crashPatience = 5000;

/**
 * A core in an unknown state must not go on, in whatever process (`app/faults.ts` is the window's): it says what happened, closes as
 * well as it can, and ends. The next start reconciles; that one is left to whoever started this one, and loops if they let it.
 */
function crashLoudly(log: Logger, running: Running): void {
  let isEnding = false;
  process.on('uncaughtException', (error, origin) => {
    log.fatal({ error, origin }, isEnding ? 'Another unexpected error, while the core ends' : 'The core ends after an unexpected error');
    if (isEnding) return;
    isEnding = true;
    process.exitCode = 1;
    if (!running.host) process.exit();
    setTimeout(() => process.exit(), crashPatience);
    void running.host.close('It met an unexpected error.');
  });
}

function reportFailure(thrown: unknown, json: boolean): void {
  const error = explainTrouble(thrown);
  process.exitCode = 1;
  if (json) process.stdout.write(`${JSON.stringify({ error: toWireError(error) })}\n`);
  // A bug at start-up may come before there is a log.
  else process.stderr.write(`${error instanceof AppError ? error.message : String((error as Error).stack)}\n`);
}
