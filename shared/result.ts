import type { WireError } from './errors.ts';

/** The answer to a call, as it crosses a boundary. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: WireError };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail(error: WireError): Result<never> {
  return { ok: false, error };
}
