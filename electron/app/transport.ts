import { ipcMain, type IpcMainEvent, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { channels } from '../../shared/contract/bridge.ts';
import type { Client } from '../../shared/contract/client.ts';
import { calls, type CallName, type EventName, events, type StreamName, streams } from '../../shared/contract/index.ts';
import { type ShellCallName, type ShellCallOutput, type ShellCallRequest, shellCalls } from '../../shared/contract/shell.ts';
import { AppError, toWireError } from '../../shared/errors.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import type { Logger } from '../lib/logger.ts';
import { refuseForeignSender } from './security.ts';
import { relayStream } from './stream-relay.ts';
import type { WindowKeeper } from './window.ts';

export type ShellHandlers = { readonly [N in ShellCallName]: (input: ShellCallRequest<N>) => ShellCallOutput<N> | Promise<ShellCallOutput<N>> };

export type TransportOptions = { readonly client: Client; readonly shell: ShellHandlers; readonly window: WindowKeeper; readonly log: Logger };

/** Serves the contract to the window's page: the shell's own calls are answered here, all others by the core. */
export function serveWindow({ client, shell, window, log }: TransportOptions): { readonly watch: (contents: WebContents) => void } {
  const running = new Map<unknown, AbortController>();
  const isWindow = (contents: WebContents): boolean => contents === window.current()?.webContents;
  /** Nobody waits any longer once the page is gone or another is loaded. */
  function drop(): void {
    for (const controller of running.values()) controller.abort();
    running.clear();
  }

  async function answer(event: IpcMainInvokeEvent, name: unknown, input: unknown, token: unknown): Promise<unknown> {
    refuseForeignSender(event, isWindow);
    if (typeof name !== 'string') throw unknown(String(name), 'call');
    if (Object.hasOwn(shellCalls, name)) return answerShell(shell, name as ShellCallName, input);
    if (!Object.hasOwn(calls, name)) throw unknown(name, 'call');
    const controller = new AbortController();
    running.set(token, controller);
    try {
      return await client.call(name as CallName, input ?? {}, { signal: controller.signal });
    } finally {
      // A page that was loaded anew counts from the beginning: the token may be another call's by now.
      if (running.get(token) === controller) running.delete(token);
    }
  }

  ipcMain.handle(channels.invoke, async (event, name: unknown, input: unknown, token: unknown): Promise<Result<unknown>> => {
    try {
      return ok(await answer(event, name, input, token));
    } catch (error) {
      if (!(error instanceof AppError)) log.error({ error, where: name }, 'A bug');
      return fail(toWireError(error));
    }
  });
  ipcMain.on(channels.cancel, (event, token: unknown) => {
    if (isTrusted(event, isWindow)) running.get(token)?.abort();
  });
  ipcMain.on(channels.stream, (event, request: unknown) => {
    const [port] = event.ports;
    if (!port) return;
    const { name, input } = (request ?? {}) as { readonly name?: unknown; readonly input?: unknown };
    if (!isTrusted(event, isWindow) || typeof name !== 'string' || !Object.hasOwn(streams, name)) return port.close();
    relayStream(port, client.open(name as StreamName, (input ?? {}) as never));
  });
  for (const name of Object.keys(events) as EventName[]) client.on(name, (payload) => window.send(channels.event, { name, payload }));
  return {
    watch(contents) {
      contents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => isMainFrame && !isSameDocument && drop());
      contents.on('render-process-gone', drop);
      contents.once('destroyed', drop);
    },
  };
}

/** @throws AppError `contract/invalid-input` */
async function answerShell(shell: ShellHandlers, name: ShellCallName, input: unknown): Promise<unknown> {
  const parsed = shellCalls[name].input.safeParse(input ?? {});
  if (!parsed.success) throw new AppError('contract/invalid-input', `${name}: ${parsed.error.issues[0]?.message ?? 'invalid input'}`);
  const handler = shell[name] as (input: unknown) => unknown;
  return handler(parsed.data);
}

function isTrusted(event: IpcMainEvent, isWindow: (contents: WebContents) => boolean): boolean {
  try {
    refuseForeignSender(event, isWindow);
    return true;
  } catch {
    // Nobody waits for an answer that could say so.
    return false;
  }
}

function unknown(name: string, what: 'call' | 'stream'): AppError {
  return new AppError('contract/unknown', `There is no ${what} named "${name.slice(0, 80)}".`);
}
