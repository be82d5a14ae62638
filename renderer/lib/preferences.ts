import { z } from 'zod';
import { createStore, useStore } from 'zustand';
import { currentShell, onShellState, setShell } from './shell.ts';

/** What belongs to this screen and this pair of eyes, not to the installation: kept in the browser. */
const preferencesSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']).catch('system'),
  /** Of everything but terminals. */
  textSize: z.enum(['normal', 'large', 'larger']).catch('normal'),
  /** Pixels. */
  terminalFont: z.int().min(9).max(24).catch(12),
});
export type Preferences = z.infer<typeof preferencesSchema>;

export const terminalFontRange = { min: 9, max: 24 } as const;
const key = 'forgehold:preferences';

function read(): Preferences {
  let kept: unknown = null;
  try {
    kept = JSON.parse(localStorage.getItem(key) ?? 'null');
  } catch {
    // What somebody else wrote there means nothing: the defaults hold, and the next change replaces it.
    kept = null;
  }
  return preferencesSchema.parse(kept ?? {});
}

const store = createStore<Preferences>()(() => ({ theme: 'system', textSize: 'normal', terminalFont: 12 }));

/** Makes the page look as preferred, now and after each change, in this tab and in others. Before the first paint. */
export function applyPreferences(): void {
  store.subscribe(show);
  store.setState(read());
  show(store.getState());
  addEventListener('storage', (event) => event.key === key && store.setState(read()));
  // In the window the theme is the shell's: its menus and dialogs have the same.
  onShellState(({ settings }) => settings.theme !== store.getState().theme && keep({ theme: settings.theme }));
}

function show({ theme, textSize, terminalFont }: Preferences): void {
  const { dataset, style } = document.documentElement;
  if (theme === 'system') delete dataset['theme'];
  else dataset['theme'] = theme;
  dataset['text'] = textSize;
  style.setProperty('--term-size', `${terminalFont}px`);
  style.setProperty('--term-lead', `${Math.round(terminalFont * 1.33)}px`);
}

export function setPreferences(change: Partial<Preferences>): void {
  keep(change);
  // What the shell cannot write down holds until it ends; it says so under "This app", where its settings are.
  if (change.theme !== undefined && currentShell()) setShell({ theme: change.theme }).catch(() => {});
}

function keep(change: Partial<Preferences>): void {
  const next = preferencesSchema.parse({ ...store.getState(), ...change });
  localStorage.setItem(key, JSON.stringify(next));
  store.setState(next);
}

export function usePreferences(): Preferences {
  return useStore(store);
}

export function onTerminalFont(listener: (pixels: number) => void): () => void {
  return store.subscribe((now, before) => now.terminalFont !== before.terminalFont && listener(now.terminalFont));
}
