/** Where the app is shown. On a Mac keys have other names; in a browser some are the browser's. */
export const surfaces = ['browser', 'browser-mac', 'desktop', 'desktop-mac'] as const;
export type Surface = (typeof surfaces)[number];

/** `command` is ⌘ in the window on a Mac; elsewhere Ctrl+Shift, since what goes with Ctrl alone is for the program in the terminal. */
type Modifier = 'command' | 'alt' | 'control' | 'none';

export type Chord = {
  readonly mod: Modifier;
  readonly shift?: boolean;
  /** The physical key (`KeyboardEvent.code`), so that a chord works on every layout. */
  readonly code: string;
  /** What that key is called. */
  readonly key: string;
};

/** `inBrowser`: a browser opens and closes windows and tabs with the chord; there it goes with another modifier, or cannot be had (null). `inMacWindow`: Shift tells it from another chord only where ⌘ has no Shift of its own. */
type Definition = Chord & { readonly inBrowser?: Modifier | null; readonly inMacWindow?: Pick<Chord, 'mod' | 'shift'> };

export const shortcuts = {
  palette: { mod: 'command', code: 'KeyK', key: 'K' },
  settings: { mod: 'command', code: 'Comma', key: ',' },
  addFolder: { mod: 'command', code: 'KeyO', key: 'O' },
  switchProject: { mod: 'command', code: 'KeyP', key: 'P' },
  answer: { mod: 'command', code: 'Period', key: '.' },
  pauseWorkspace: { mod: 'control', code: 'Period', key: '.', inMacWindow: { mod: 'command', shift: true } },
  submit: { mod: 'command', code: 'Enter', key: '↵' },
  split: { mod: 'command', code: 'KeyD', key: 'D' },
  nextPane: { mod: 'control', code: 'Tab', key: '⇥', inBrowser: null },
  find: { mod: 'command', code: 'KeyF', key: 'F' },
  undo: { mod: 'command', code: 'KeyZ', key: 'Z' },
  restartWall: { mod: 'command', code: 'KeyR', key: 'R' },
  newHere: { mod: 'command', code: 'KeyN', key: 'N', inBrowser: 'alt' },
  close: { mod: 'command', code: 'KeyW', key: 'W', inBrowser: 'alt' },
  rail1: { mod: 'control', code: 'Digit1', key: '1' },
  rail2: { mod: 'control', code: 'Digit2', key: '2' },
  rail3: { mod: 'control', code: 'Digit3', key: '3' },
  tab1: { mod: 'command', code: 'Digit1', key: '1' },
  tab2: { mod: 'command', code: 'Digit2', key: '2' },
  tab3: { mod: 'command', code: 'Digit3', key: '3' },
  editWorkspace: { mod: 'command', code: 'Digit4', key: '4' },
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
} as const satisfies Record<string, Definition>;
export type Shortcut = keyof typeof shortcuts;

export function isShortcut(name: string): name is Shortcut {
  return Object.hasOwn(shortcuts, name);
}

/** The chord of this surface; null when it cannot be had there. */
export function chordOf(name: Shortcut, surface: Surface): Chord | null {
  const { inBrowser, inMacWindow, ...chord }: Definition = shortcuts[name];
  if (inMacWindow !== undefined && surface === 'desktop-mac') return { ...chord, ...inMacWindow };
  if (inBrowser === undefined || !surface.startsWith('browser')) return chord;
  return inBrowser === null ? null : { ...chord, mod: inBrowser };
}

/** The keys that are held down with the chord's own. */
type Held = { readonly control: boolean; readonly shift: boolean; readonly alt: boolean; readonly meta: boolean };

function heldBy({ mod, shift = false }: Chord, surface: Surface): Held {
  if (mod === 'command') {
    const apple = surface === 'desktop-mac';
    return { control: !apple, shift: shift || !apple, alt: false, meta: apple };
  }
  return { control: mod === 'control', shift, alt: mod === 'alt', meta: false };
}

export type Pressed = {
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly code: string;
  readonly key: string;
};

export function matches(name: Shortcut, event: Pressed, surface: Surface): boolean {
  const chord = chordOf(name, surface);
  if (!chord) return false;
  const held = heldBy(chord, surface);
  return (
    pressedCode(event, surface) === chord.code &&
    event.ctrlKey === held.control &&
    event.shiftKey === held.shift &&
    event.altKey === held.alt &&
    event.metaKey === held.meta
  );
}

/** A Mac finds what goes with ⌘ by the letter that is typed, as its menus do; all else goes by place. */
function pressedCode({ code, key, metaKey }: Pressed, surface: Surface): string {
  return surface === 'desktop-mac' && metaKey && /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : code;
}

/** How a button or a list shows its key; undefined when it has none on this surface. */
export function labelOf(name: Shortcut, surface: Surface): string | undefined {
  const chord = chordOf(name, surface);
  if (!chord) return undefined;
  const { control, shift, alt, meta } = heldBy(chord, surface);
  const mac = surface.endsWith('mac');
  return [control && (mac ? '⌃' : 'Ctrl+'), alt && (mac ? '⌥' : 'Alt+'), shift && '⇧', meta && '⌘', chord.key].filter(Boolean).join('');
}

const acceleratorKeys: Readonly<Record<string, string>> = { '↵': 'Enter', '⇥': 'Tab' };

/** The same for a native menu (https://www.electronjs.org/docs/latest/api/accelerator). */
export function acceleratorOf(name: Shortcut, surface: Surface): string | undefined {
  const chord = chordOf(name, surface);
  if (!chord) return undefined;
  const { control, shift, alt, meta } = heldBy(chord, surface);
  const key = acceleratorKeys[chord.key] ?? chord.key;
  return [control && 'Control', alt && 'Alt', shift && 'Shift', meta && 'Command', key].filter(Boolean).join('+');
}
