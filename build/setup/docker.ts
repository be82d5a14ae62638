import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../../electron/engine/endpoint.ts';
import { createEngine } from '../../electron/engine/engine.ts';
import { hostFiles } from '../../electron/engine/host-files.ts';
import { findDefault } from '../../electron/engine/known-engines.ts';
import type { Engine } from '../../electron/engine/types.ts';
import { canInstall, findCommand, installPackages } from './packages.ts';
import { SetupError, run, step } from './run.mjs';

const startLimitMs = 90_000;

/**
 * An engine that answers. Where the default one does not, and this is root on Debian, it is installed and started (and stays);
 * elsewhere one sentence says what to do. Close it after use. Set-up makes no containers, so its installation id is a name.
 */
export async function openEngine(): Promise<Engine> {
  const endpoint = findDefault({ engine: '', engines: [] }, hostFiles(process.env));
  const engine = createEngine({ installation: 'setup', endpoint });
  try {
    await engine.info();
    return engine;
  } catch (error) {
    if (!mayStart(endpoint)) {
      engine.close();
      throw new SetupError(`${messageOf(error)}${isAbsent(endpoint) ? ` ${howToInstall()}` : ''}`, { cause: error });
    }
    if (!findCommand(['dockerd'])) await installPackages(['docker.io']);
    await step('Starting the Docker engine', () => startEngine(engine));
    return engine;
  }
}

/** Only the default engine is ours to start: an address that someone set means something. */
function mayStart(endpoint: Endpoint): boolean {
  return canInstall() && isDefault(endpoint);
}

function isDefault({ origin }: Endpoint): boolean {
  return origin === 'default' || origin === 'known';
}

async function startEngine(engine: Engine): Promise<void> {
  if (existsSync('/run/systemd/system')) await run('systemctl', ['start', 'docker']);
  const log = path.join(tmpdir(), 'forgehold-dockerd.log');
  if (!(await answers(engine, 2_000))) startDaemon(log);
  if (await answers(engine, startLimitMs)) return;
  engine.close();
  const tail = (readText(log) ?? '').trim().split('\n').slice(-15).join('\n');
  throw new SetupError(`The Docker engine did not start in ${startLimitMs / 1000} s. Its log (${log}) ends with:\n${tail}`);
}

/** In a session of its own, so that it outlives us and our terminal. */
function startDaemon(log: string): void {
  const file = openSync(log, 'a');
  spawn('dockerd', [], { detached: true, stdio: ['ignore', file, file] }).unref();
  closeSync(file);
}

async function answers(engine: Engine, limitMs: number): Promise<boolean> {
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(250)) {
    if (engine.state().kind === 'connected') return true;
  }
  return false;
}

/** No default engine is there at all. In every other case the engine's own sentence says what to do. */
function isAbsent(endpoint: Endpoint): boolean {
  return endpoint.kind === 'socket' && isDefault(endpoint) && !isSocket(endpoint.path);
}

function howToInstall(): string {
  if (process.platform === 'darwin') return 'Start Docker Desktop, OrbStack or Colima, then run this again.';
  return 'Install Docker (on Debian: sudo apt-get install docker.io), let your user use it (sudo usermod -aG docker $USER), and log in anew.';
}

function readText(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

function isSocket(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isSocket() ?? false;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
