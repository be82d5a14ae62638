const REDACTED = '[REDACTED]';

/** A value that prints as `[REDACTED]` wherever it is logged or serialised; `.expose()` is the only way out, so that a leak can be searched for. */
export class Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  expose(): T {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  /** Node's `util.inspect` looks this symbol up in the global registry, so no Node import is needed. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}
