import { type KeyboardEvent, useEffect, useRef } from 'react';
import { takesText } from '../../lib/keys.ts';
import { focusTerminal } from '../../lib/move-focus.ts';
import { pressedKey } from './answers.ts';

/** A key this soon after the card appeared was meant for something else. Milliseconds. */
export const deafFor = 400;

/** Letters that answer a card while the focus is in it. An answer gives the focus back to where it was, unless the keys see to that themselves. */
export function useCardKeys(keys: Readonly<Record<string, () => void>>, { givesBack = true } = {}) {
  const shownAt = useRef(0);
  const before = useRef<HTMLElement | null>(null);
  useEffect(() => {
    shownAt.current = performance.now();
  }, []);
  return {
    onFocus(event: { readonly relatedTarget: EventTarget | null; readonly currentTarget: Element }): void {
      const from = event.relatedTarget;
      if (from instanceof HTMLElement && !event.currentTarget.contains(from)) before.current = from;
    },
    onKeyDown(event: KeyboardEvent): void {
      const run = keys[pressedKey(event)];
      if (!run || event.ctrlKey || event.altKey || event.metaKey || takesText(event.target)) return;
      event.preventDefault();
      event.stopPropagation();
      // A key that is held down since before answers nothing, however long it is held. To close is no answer.
      if (event.key !== 'Escape' && (event.repeat || performance.now() - shownAt.current < deafFor)) return;
      run();
      if (givesBack) giveBack(before.current);
    },
    /** For a press of the pointer: the same deafness. */
    isDeaf: (): boolean => performance.now() - shownAt.current < deafFor,
  };
}

function giveBack(element: HTMLElement | null): void {
  if (element?.isConnected) element.focus();
  else focusTerminal();
}
