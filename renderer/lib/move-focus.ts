import type { KeyboardEvent } from 'react';

/** The terminal of the active pane, once the page has settled. */
export function focusTerminal(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.pane.active .xterm-helper-textarea')?.focus());
}

/** The current row of a list, where it is drawn; of the page's only list, unless one is named. */
export function focusRow(list: ParentNode | null = document): void {
  findRow(list)?.focus();
}

function findRow(list: ParentNode | null): HTMLElement | null | undefined {
  return list?.querySelector<HTMLElement>('tr[tabindex="0"]');
}

/** A row out of sight is drawn only when its list has scrolled there: so many frames are waited for it. */
const mostFrames = 60;

/**
 * The current row of a list, as soon as it is drawn. By then another key may have led out of the list, or into a field of the row:
 * there the focus stays. Nothing has it when the row that had it went out of sight.
 */
export function focusRowSoon(list: HTMLElement | null, frames = mostFrames): void {
  requestAnimationFrame(() => {
    const focused = document.activeElement;
    const elsewhere = focused !== null && focused !== document.body && !(focused instanceof HTMLTableRowElement);
    if (elsewhere) return;
    const row = findRow(list);
    if (row) row.focus();
    else if (frames > 0) focusRowSoon(list, frames - 1);
  });
}

/** ↑↓ Home End among the elements that `selector` finds in a list. */
export function moveFocus(event: KeyboardEvent<HTMLElement>, selector: string): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>(selector)];
  const at = items.findIndex((item) => item === document.activeElement || item.contains(document.activeElement));
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (next === undefined || items.length === 0) return;
  event.preventDefault();
  items[Math.max(0, Math.min(items.length - 1, next))]!.focus();
}
