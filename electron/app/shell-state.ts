import { createEmitter, type Dispose } from '../../shared/disposable.ts';
import type { ShellState } from '../../shared/model/shell.ts';

/** What the page must know of the window around it: one value, and who hears of its changes. */
export type ShellStateStore = {
  readonly get: () => ShellState;
  readonly set: (change: Partial<ShellState>) => void;
  readonly onChange: (listener: (state: ShellState) => void) => Dispose;
};

export function createShellState(initial: ShellState): ShellStateStore {
  let state = initial;
  const changes = createEmitter<ShellState>();
  return {
    get: () => state,
    set(change) {
      const next = { ...state, ...change };
      if (JSON.stringify(next) === JSON.stringify(state)) return;
      state = next;
      changes.emit(state);
    },
    onChange: (listener) => changes.on(listener),
  };
}
