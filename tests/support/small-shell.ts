import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { writeSmallPage } from './small-page.ts';

export type SmallShell = { readonly url: string; readonly pid: number; readonly process: ChildProcess; readonly port: number };

export function makeTestFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'forgehold-ipc-'));
  writeSmallPage(join(folder, 'web'));
  return folder;
}

export function removeTestFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Starts a real server shell around a core without an engine, in its own process; resolves with the first line it prints. */
export async function startSmallShell(
  folder: string,
  options: { readonly version?: string; readonly data?: string; readonly port?: number } = {},
): Promise<SmallShell> {
  const { version = '1.0.0', data = join(folder, 'data'), port } = options;
  const argv = [join(import.meta.dirname, 'serve-small-core.ts'), '--json', '--data', data, ...(port ? ['--port', String(port)] : [])];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...argv], {
    env: { ...process.env, FORGEHOLD_TEST_VERSION: version, FORGEHOLD_TEST_WEB: join(folder, 'web') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const { url, pid } = JSON.parse(line) as { url: string; pid: number };
    return { url, pid, process: child, port: Number(new URL(url).port) };
  }
  throw new Error('The shell ended without a word.');
}

/** Ends a shell that the test started; resolves with its exit status or signal. */
export async function endShell(shell: SmallShell, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals | null> {
  const { process: child } = shell;
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? child.signalCode;
  child.kill(signal);
  return shellEnd(shell);
}

/** Waits until a shell ends by itself; resolves with its exit status or signal. */
export async function shellEnd({ process: child }: SmallShell): Promise<number | NodeJS.Signals | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? child.signalCode;
}

/** Resident memory of a process, in bytes. */
export function residentBytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

/** Trades the one-time address for its cookie, as a browser does. */
export async function logIn(shell: SmallShell): Promise<string> {
  const answer = await fetch(shell.url, { redirect: 'manual' });
  return answer.headers.getSetCookie()[0]!.split(';', 1)[0]!;
}
