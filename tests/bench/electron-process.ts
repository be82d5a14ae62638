import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Display } from '../fixtures/display.ts';

/** An Electron that runs, and its one page, looked at from outside: no test runner's loader is in its start. */
export type ElectronProcess = {
  readonly pid: number;
  /** Evaluates an expression in the page, and waits for it; once more when the page was only about to be loaded. */
  readonly evaluate: <T>(expression: string) => Promise<T>;
  readonly end: () => Promise<void>;
};

/** Nothing is drawn by a graphics card in either of the two that are compared. */
const switches = ['--disable-gpu', '--disable-3d-apis', '--remote-debugging-port=0', '--force-prefers-reduced-motion'];

/** Starts an app's folder and answers when its page can be asked, with the wall clock (ms since the epoch) of the start. */
export async function startElectron(
  executable: string,
  display: Display,
  app: string,
  argv: readonly string[],
): Promise<ElectronProcess & { readonly startedAt: number }> {
  const profile = mkdtempSync(join(tmpdir(), 'forgehold-bench-'));
  const words = [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...switches, `--user-data-dir=${profile}`, app, ...argv];
  const startedAt = Date.now();
  const child = spawn(executable, words, { env: { ...process.env, ...display.environment }, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  async function end(): Promise<void> {
    if (child.exitCode === null) child.kill('SIGKILL');
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
  try {
    const page = await openPage(await pageOf(await portOf(child)));
    const evaluate = async <T>(expression: string): Promise<T> => {
      try {
        return await page<T>(expression);
      } catch (error) {
        if (!/execution context/i.test(String(error))) throw error;
        await sleep(5);
        return evaluate<T>(expression);
      }
    };
    return { pid: child.pid!, startedAt, evaluate, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Chromium says where it listens on its standard error. */
async function portOf(child: ChildProcess): Promise<number> {
  let said = '';
  for await (const chunk of child.stderr!) {
    said += String(chunk);
    const port = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(said)?.[1];
    if (port === undefined) continue;
    child.stderr!.resume();
    return Number(port);
  }
  throw new Error(`Electron ended before it listened:\n${said}`);
}

/** https://chromedevtools.github.io/devtools-protocol/#endpoints */
async function pageOf(port: number): Promise<string> {
  for (let tries = 0; tries < 3_000; tries += 1) {
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as { type: string; url: string; webSocketDebuggerUrl: string }[];
    const page = targets.find(({ type, url }) => type === 'page' && /^(?:app|data):/.test(url));
    if (page) return page.webSocketDebuggerUrl;
    await sleep(20);
  }
  throw new Error('There was no page.');
}

async function openPage(address: string): Promise<ElectronProcess['evaluate']> {
  const socket = new WebSocket(address);
  await once(socket, 'open');
  let last = 0;
  return async <T>(expression: string): Promise<T> => {
    const id = ++last;
    const answer = Promise.withResolvers<T>();
    socket.addEventListener('message', function listen({ data }) {
      const message = JSON.parse(String(data)) as { id?: number; result?: { result: { value: T }; exceptionDetails?: object }; error?: object };
      if (message.id !== id) return;
      socket.removeEventListener('message', listen);
      const wrong = message.error ?? message.result?.exceptionDetails;
      if (wrong) answer.reject(new Error(JSON.stringify(wrong)));
      else answer.resolve(message.result!.result.value);
    });
    socket.addEventListener('close', () => answer.reject(new Error('The page is gone.')));
    socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params: { expression, awaitPromise: true, returnByValue: true } }));
    return answer.promise;
  };
}

export type Memory = { readonly main: number; readonly gpu: number; readonly renderer: number; readonly all: number };

/** MB of each kind of process; what several of them share counts once in the sum (`Pss` of proc(5)). Zygotes and helpers are in the sum only. */
export function memoryOf(pid: number): Memory {
  const processes = familyOf(pid).map((one) => ({ kind: kindOf(one), mb: shareOf(one) }));
  const sum = (kind: string | null): number => processes.filter((one) => kind === null || one.kind === kind).reduce((total, { mb }) => total + mb, 0);
  return { main: sum('main'), gpu: sum('gpu-process'), renderer: sum('renderer'), all: sum(null) };
}

function familyOf(pid: number): readonly number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) => read(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number));
  return [pid, ...children.flatMap(familyOf)];
}

function kindOf(pid: number): string {
  return /--type=([\w-]+)/.exec(read(`/proc/${pid}/cmdline`))?.[1] ?? 'main';
}

function shareOf(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1000;
}

/** A process may end while its family is counted. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** The least that a window can be: what of a start is Electron's own. */
export function makeEmptyApp(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'forgehold-bench-'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty', main: 'main.cjs' }));
  writeFileSync(
    join(folder, 'main.cjs'),
    `const { app, BrowserWindow } = require('electron');
app.whenReady().then(() => new BrowserWindow({ width: 1280, height: 820, webPreferences: { sandbox: true } }).loadURL('data:text/html,<p>empty</p>'));`,
  );
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
