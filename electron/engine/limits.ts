import { inspect } from 'node:util';
import { AppError } from '../../shared/errors.ts';

export type Limits = {
  /** Completes "Could not …" and "did not answer (…)". */
  readonly what: string;
  readonly timeoutMs: number;
  /** Each ends the work when it aborts; its reason is the error. */
  readonly enders: readonly AbortSignal[];
  /** Called once when the work has taken this long and still goes on. */
  readonly suspicion?: { readonly afterMs: number; readonly onSuspicion: () => void };
};

/**
 * Runs work under a time limit. Races against the clock itself, not only by signal: docker-modem leaves a promise pending when a
 * connection breaks in the middle of an answer. @throws engine/timeout, or an ender's reason
 */
export async function withinLimits<T>(work: (signal: AbortSignal) => Promise<T>, { what, timeoutMs, enders, suspicion }: Limits): Promise<T> {
  for (const ender of enders) ender.throwIfAborted();
  const abort = new AbortController();
  // See `opaque` in connection.ts.
  Object.assign(abort.signal, { [inspect.custom]: () => 'AbortSignal' });
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = (error: unknown): void => {
    reject(error);
    abort.abort(error);
  };
  const onTime = (): void =>
    end(
      new AppError('engine/timeout', `The engine did not answer in ${timeoutMs / 1_000} s (${what}). Try again, or restart it.`, {
        details: { what, timeoutMs },
      }),
    );
  const timers = [setTimeout(onTime, timeoutMs), ...(suspicion === undefined ? [] : [setTimeout(suspicion.onSuspicion, suspicion.afterMs)])];
  const listeners = enders.map((ender) => ({ ender, listen: () => end(ender.reason) }));
  for (const { ender, listen } of listeners) ender.addEventListener('abort', listen, { once: true });
  try {
    return await Promise.race([work(abort.signal), ended]);
  } finally {
    for (const timer of timers) clearTimeout(timer);
    for (const { ender, listen } of listeners) ender.removeEventListener('abort', listen);
  }
}
