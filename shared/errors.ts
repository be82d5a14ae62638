import { z } from 'zod';

/** How an error crosses a boundary. `code` is `<domain>/<reason>`; `message` is one or two sentences a user can act on. */
export const wireErrorSchema = z.object({
  code: z.string().regex(/^[a-z-]+\/[a-z0-9-]+$/),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).default({}),
});
export type WireError = z.infer<typeof wireErrorSchema>;

export type AppErrorOptions = {
  /** Facts for the screen and for scripts: ids, paths, log tails. Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
};

/** The one expected error of the app. Anything else that is thrown is a bug: logged whole, shown generically. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

export function toWireError(error: unknown): WireError {
  if (error instanceof AppError) return { code: error.code, message: error.message, details: { ...error.details } };
  return { code: 'app/bug', message: 'Something went wrong inside Forgehold. The log has the details.', details: {} };
}

export function fromWireError(error: WireError): AppError {
  return new AppError(error.code, error.message, { details: error.details });
}

/** For the `default` of a switch over a union: a missing case does not compile. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
