import type { z } from 'zod';

/** A request with one answer. */
export type CallDefinition<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> = {
  readonly description: string;
  readonly input: I;
  readonly output: O;
};

/** Something the core announces to every client. */
export type EventDefinition<P extends z.ZodType = z.ZodType> = { readonly description: string; readonly payload: P };

/** A two-way byte stream with back-pressure, opened by the client with `input`. */
export type StreamDefinition<I extends z.ZodType = z.ZodType> = { readonly description: string; readonly input: I };

export function call<I extends z.ZodType, O extends z.ZodType>(description: string, input: I, output: O): CallDefinition<I, O> {
  return { description, input, output };
}

export function event<P extends z.ZodType>(description: string, payload: P): EventDefinition<P> {
  return { description, payload };
}

export function stream<I extends z.ZodType>(description: string, input: I): StreamDefinition<I> {
  return { description, input };
}
