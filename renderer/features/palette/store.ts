import { createStore, useStore } from 'zustand';
import type { Step } from './types.ts';

export type PaletteMode = 'everything' | 'places';

type PaletteState = {
  readonly open: PaletteMode | null;
  /** What a command asks that was chosen elsewhere: in a menu of the desktop. */
  readonly first: Step | null;
  /** What the last command answered when it failed; the frame shows it. */
  readonly failure: { readonly title: string; readonly error: unknown } | null;
};

const store = createStore<PaletteState>()(() => ({ open: null, first: null, failure: null }));

export function openPalette(mode: PaletteMode): void {
  store.setState({ open: mode, first: null });
}

export function closePalette(): void {
  store.setState({ open: null, first: null });
}

/** Goes on with what a command asks, without its list. */
export function openPaletteAt(step: Step): void {
  store.setState({ open: 'everything', first: step });
}

export function useFirstStep(): Step | null {
  return useStore(store, (state) => state.first);
}

/** Runs what was chosen: the palette is gone by then, so a failure is told at the top of the page. */
export async function runCommand(title: string, work: () => unknown): Promise<void> {
  store.setState({ failure: null });
  try {
    await work();
  } catch (error) {
    store.setState({ failure: { title, error } });
  }
}

/** What could not be done, as a sentence; `title` is what was tried, where that is a thing the user named. */
export function tellFailure(title: string, error: unknown): void {
  store.setState({ failure: { title, error } });
}

export function dismissFailure(): void {
  store.setState({ failure: null });
}

export function usePaletteMode(): PaletteMode | null {
  return useStore(store, (state) => state.open);
}

export function useFailure(): PaletteState['failure'] {
  return useStore(store, (state) => state.failure);
}
