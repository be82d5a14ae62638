import { type BrowserWindow, screen } from 'electron';
import { z } from 'zod';
import { type Rectangle, type WindowPlace, placeWindow, windowPlaceSchema } from './window-place.ts';

/** What the window remembers by itself, beside its settings. */
export const windowMemorySchema = z.object({
  place: windowPlaceSchema.nullable().default(null),
  /** That the app goes on behind a closed window was said; once is enough. */
  saidBehind: z.boolean().default(false),
});
export type WindowMemory = z.infer<typeof windowMemorySchema>;

/** A window that is being dragged is written down once it rests. Milliseconds. */
const rest = 500;

/** Where a new window appears, by what is remembered and the displays that there are. */
export function findPlace(saved: WindowPlace | null): WindowPlace {
  const primary = screen.getPrimaryDisplay();
  return placeWindow(saved, [primary, ...screen.getAllDisplays().filter(({ id }) => id !== primary.id)]);
}

/** Writes down where the window is, when it rests and when it closes. */
export function rememberPlace(window: BrowserWindow, save: (place: WindowPlace) => void): void {
  let timer: NodeJS.Timeout | undefined;
  function saveNow(): void {
    clearTimeout(timer);
    // Full screen is a mode of the moment; a minimised window comes back as what it was.
    if (!window.isFullScreen()) save({ bounds: toRectangle(window.getNormalBounds()), maximized: window.isMaximized() });
  }
  function saveSoon(): void {
    clearTimeout(timer);
    timer = setTimeout(saveNow, rest);
  }
  for (const name of ['move', 'resize', 'maximize', 'unmaximize'] as const) window.on(name as 'move', saveSoon);
  window.on('close', saveNow);
  window.once('closed', () => clearTimeout(timer));
}

function toRectangle({ x, y, width, height }: Rectangle): Rectangle {
  return { x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) };
}
