/** Ends what a registration began. Calling it twice does no harm. */
export type Dispose = () => void;

export type Listener<T> = (value: T) => void;

export type Emitter<T> = {
  readonly on: (listener: Listener<T>) => Dispose;
  readonly emit: (value: T) => void;
};

/** A typed list of listeners. A listener that throws does not keep the others from being called; its error surfaces in a microtask. */
export function createEmitter<T>(): Emitter<T> {
  const listeners = new Set<Listener<T>>();
  return {
    on(listener) {
      const own: Listener<T> = (value) => listener(value);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    emit(value) {
      // A copy: a listener added by a listener hears the next value, not this one.
      const current = [...listeners];
      for (const listener of current) {
        try {
          listener(value);
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
  };
}
