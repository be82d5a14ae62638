import { useEffect, useEffectEvent } from 'react';
import type { CommandId } from '../../shared/commands.ts';
import { createEmitter } from '../../shared/disposable.ts';
import { type Shortcut, type Surface, isShortcut, labelOf, matches } from '../../shared/shortcuts.ts';

const onMac = typeof navigator !== 'undefined' && navigator.platform.startsWith('Mac');

/** Where this page is shown: its keys, and what they are called. */
export const surface: Surface =
  typeof window !== 'undefined' && 'forgehold' in window ? (onMac ? 'desktop-mac' : 'desktop') : onMac ? 'browser-mac' : 'browser';

/** Whether the command has a key here. */
export function hasShortcut(id: CommandId): id is Shortcut & CommandId {
  return isShortcut(id) && labelOf(id, surface) !== undefined;
}

/** How a button shows its key; empty where it has none. */
export function keyLabel(name: Shortcut): string {
  return labelOf(name, surface) ?? '';
}

type Handler = { readonly name: CommandId; readonly run: () => void };
const handlers: Handler[] = [];
const offers = createEmitter<void>();
/** Chords that work while what floats over the page has the keyboard for itself; null: all. */
let onlyThese: ReadonlySet<CommandId> | null = null;
/** A command that the page which is about to be shown will offer. */
let awaited: { readonly name: CommandId; readonly until: number } | null = null;
/** So long a page may take to offer what it was opened for. Milliseconds. */
const awaitTime = 3_000;

/** Runs the newest handler of the pressed chord. Capturing, since a terminal keeps what reaches it. */
export function handleShortcut(event: KeyboardEvent): void {
  const handler = handlers.findLast(({ name }) => isShortcut(name) && matches(name, event, surface) && !isEditing(name, event));
  if (!handler || (onlyThese && !onlyThese.has(handler.name))) return;
  event.preventDefault();
  event.stopPropagation();
  handler.run();
}

/** On a Mac ⌘Z belongs to the field that is typed in. A terminal has nothing to take back. */
function isEditing(name: Shortcut, { target }: KeyboardEvent): boolean {
  return name === 'undo' && surface === 'desktop-mac' && takesText(target) && !(target as HTMLElement).matches('.xterm-helper-textarea');
}

/** While mounted (and `on`), the command's chord and its entry in the palette run `run`, wherever the focus is. */
export function useShortcut(name: CommandId, run: () => void, on = true): void {
  const latest = useEffectEvent(run);
  useEffect(() => {
    if (!on) return;
    const handler: Handler = { name, run: () => latest() };
    handlers.push(handler);
    offers.emit();
    if (awaited?.name === name && Date.now() < awaited.until) {
      awaited = null;
      queueMicrotask(() => handler.run());
    }
    return () => {
      handlers.splice(handlers.indexOf(handler), 1);
      offers.emit();
    };
  }, [name, on]);
}

/** What the pages on the screen offer now. */
export function offeredCommand(name: CommandId): (() => void) | null {
  return handlers.findLast((handler) => handler.name === name)?.run ?? null;
}

/** Pages offer other commands than before. */
export function onOffers(listener: () => void): () => void {
  return offers.on(listener);
}

/** Runs a command that a page offers, at once or as soon as it is there. */
export function runWhenOffered(name: CommandId): void {
  const run = offeredCommand(name);
  if (run) return run();
  awaited = { name, until: Date.now() + awaitTime };
}

/** Leaves only these chords to the app until what is returned is called. */
export function holdShortcuts(names: readonly CommandId[]): () => void {
  onlyThese = new Set(names);
  return () => void (onlyThese = null);
}

/** Whether what is typed at `target` is text for somebody else. */
export function takesText(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}

/** Whether Space is how `target` itself is pressed. */
function isPressed(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, a, summary, [role="checkbox"], [role="switch"], [role="option"]') !== null;
}

/** Plain keys act only where no text can be typed, and never while a sheet or menu is open. */
export function usePlainKeys(keys: Readonly<Record<string, () => void>>, on = true): void {
  const latest = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || takesText(event.target)) return;
    if (document.querySelector('[role="dialog"], [role="menu"]')) return;
    // Keys that move and open belong to what has the focus; only where nothing has it they act on the page.
    if (event.key === ' ' ? isPressed(event.target) : event.key.length > 1 && event.target !== document.body) return;
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
