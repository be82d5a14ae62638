import { useShortcut } from './keys.ts';

const focusable = 'a[href], button:not([tabindex="-1"]), input, textarea, [tabindex="0"]';

/** F6 goes to the next region of the page, Shift+F6 to the one before; out of a terminal too. A region is an element with `data-region`. */
export function useRegions(): void {
  useShortcut('nextRegion', () => moveRegion(1));
  useShortcut('previousRegion', () => moveRegion(-1));
}

function moveRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter((region) => region.offsetParent !== null && !region.closest('[inert]'));
  if (regions.length === 0) return;
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  for (let tries = 1; tries <= regions.length; tries += 1) {
    const region = regions[((((at < 0 ? (step === 1 ? -1 : 0) : at) + step * tries) % regions.length) + regions.length) % regions.length]!;
    if (focusIn(region)) return;
  }
}

/** Where a region begins: its current row, or the first thing that takes the focus. */
function focusIn(region: HTMLElement): boolean {
  const target =
    region.querySelector<HTMLElement>('.xterm-helper-textarea') ??
    region.querySelector<HTMLElement>('[tabindex="0"][aria-selected="true"], a[aria-current], [data-region-focus]') ??
    [...region.querySelectorAll<HTMLElement>(focusable)].find((element) => element.offsetParent !== null);
  target?.focus();
  return target !== undefined && document.activeElement === target;
}
