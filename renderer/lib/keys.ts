import { useEffect, useEffectEvent } from 'react';

/**
 * A chord by physical key, so that it works on every layout. In a browser the command key is Ctrl+Shift; N and W cannot be
 * had there (the browser opens and closes windows with them), so these two go with Alt.
 */
type Chord = { readonly mod: 'command' | 'alt' | 'control' | 'none'; readonly shift?: boolean; readonly code: string; readonly key: string };

export const shortcuts = {
  addFolder: { mod: 'command', code: 'KeyO', key: 'O' },
  switchProject: { mod: 'command', code: 'KeyP', key: 'P' },
  answer: { mod: 'command', code: 'Period', key: '.' },
  submit: { mod: 'command', code: 'Enter', key: '↵' },
  split: { mod: 'command', code: 'KeyD', key: 'D' },
  find: { mod: 'command', code: 'KeyF', key: 'F' },
  undo: { mod: 'command', code: 'KeyZ', key: 'Z' },
  restartWall: { mod: 'command', code: 'KeyR', key: 'R' },
  newHere: { mod: 'alt', code: 'KeyN', key: 'N' },
  close: { mod: 'alt', code: 'KeyW', key: 'W' },
  rail1: { mod: 'control', code: 'Digit1', key: '1' },
  tab1: { mod: 'command', code: 'Digit1', key: '1' },
  tab2: { mod: 'command', code: 'Digit2', key: '2' },
  terminal1: { mod: 'alt', code: 'Digit1', key: '1' },
  terminal2: { mod: 'alt', code: 'Digit2', key: '2' },
  terminal3: { mod: 'alt', code: 'Digit3', key: '3' },
  terminal4: { mod: 'alt', code: 'Digit4', key: '4' },
  terminal5: { mod: 'alt', code: 'Digit5', key: '5' },
  terminal6: { mod: 'alt', code: 'Digit6', key: '6' },
  terminal7: { mod: 'alt', code: 'Digit7', key: '7' },
  terminal8: { mod: 'alt', code: 'Digit8', key: '8' },
  terminal9: { mod: 'alt', code: 'Digit9', key: '9' },
  nextRegion: { mod: 'none', code: 'F6', key: 'F6' },
  previousRegion: { mod: 'none', shift: true, code: 'F6', key: 'F6' },
} as const satisfies Record<string, Chord>;
export type Shortcut = keyof typeof shortcuts;

type Pressed = Pick<KeyboardEvent, 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey' | 'code'>;

export function matches(name: Shortcut, event: Pressed): boolean {
  const chord: Chord = shortcuts[name];
  const { mod } = chord;
  const shift = mod === 'command' || (chord.shift ?? false);
  const control = mod === 'command' || mod === 'control';
  return event.code === chord.code && event.ctrlKey === control && event.shiftKey === shift && event.altKey === (mod === 'alt') && !event.metaKey;
}

const onMac = typeof navigator !== 'undefined' && navigator.platform.startsWith('Mac');

/** How a button shows its key. */
export function keyLabel(name: Shortcut, mac: boolean = onMac): string {
  const chord: Chord = shortcuts[name];
  const prefix = {
    command: mac ? '⌃⇧' : 'Ctrl+⇧',
    alt: mac ? '⌥' : 'Alt+',
    control: mac ? '⌃' : 'Ctrl+',
    none: chord.shift ? '⇧' : '',
  }[chord.mod];
  return prefix + chord.key;
}

type Handler = { readonly name: Shortcut; readonly run: () => void };
const handlers: Handler[] = [];

/** Runs the newest handler of the pressed chord. Capturing, since a terminal keeps what reaches it. */
export function handleShortcut(event: KeyboardEvent): void {
  const handler = handlers.findLast(({ name }) => matches(name, event));
  if (!handler) return;
  event.preventDefault();
  event.stopPropagation();
  handler.run();
}

/** While mounted (and `on`), the chord runs `run`, wherever the focus is. */
export function useShortcut(name: Shortcut, run: () => void, on = true): void {
  const latest = useEffectEvent(run);
  useEffect(() => {
    if (!on) return;
    const handler: Handler = { name, run: () => latest() };
    handlers.push(handler);
    return () => void handlers.splice(handlers.indexOf(handler), 1);
  }, [name, on]);
}

/** Whether what is typed at `target` is text for somebody else. */
export function takesText(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}

/** Plain keys act only where no text can be typed, and never while a sheet or menu is open. */
export function usePlainKeys(keys: Readonly<Record<string, () => void>>, on = true): void {
  const latest = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || takesText(event.target)) return;
    if (document.querySelector('[role="dialog"], [role="menu"]')) return;
    // Keys that move and open belong to what has the focus; only where nothing has it they act on the page.
    if (event.key.length > 1 && event.target !== document.body) return;
    const run = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!run) return;
    event.preventDefault();
    run();
  });
  useEffect(() => {
    if (!on) return;
    const listen = (event: KeyboardEvent): void => latest(event);
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [on]);
}
