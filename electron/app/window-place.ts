import { z } from 'zod';

/** In device-independent pixels, as Electron gives them. */
export const rectangleSchema = z.object({ x: z.int(), y: z.int(), width: z.int().positive(), height: z.int().positive() });
export type Rectangle = z.infer<typeof rectangleSchema>;

/** Where the window was. `bounds` are those that it has when it is not maximised. */
export const windowPlaceSchema = z.object({ bounds: rectangleSchema, maximized: z.boolean() });
export type WindowPlace = z.infer<typeof windowPlaceSchema>;

/** What is left of a display beside the system's bars. */
export type Display = { readonly workArea: Rectangle };

/** The smallest size that the screens are drawn for. */
export const leastSize = { width: 900, height: 600 } as const;
const firstSize = { width: 1280, height: 820 } as const;

/** So much of the title bar must be in reach to drag the window by. */
const handle = { width: 120, height: 32 } as const;

/**
 * Where the window appears: where it was, if it can be seen and reached there on the displays that there are now. Else it is
 * brought to the display it was nearest to, whole, and no larger than that; the first time it stands in the middle of the primary.
 *
 * @param displays the primary first, at least one
 */
export function placeWindow(saved: WindowPlace | null, displays: readonly Display[]): WindowPlace {
  const primary = displays[0]!.workArea;
  if (!saved) return { bounds: center(firstSize, primary), maximized: false };
  const { bounds, maximized } = saved;
  const size = { width: Math.max(bounds.width, leastSize.width), height: Math.max(bounds.height, leastSize.height) };
  const home = displays.map(({ workArea }) => workArea).find((area) => isReachable(bounds, area));
  if (home) return { bounds: { ...bounds, ...size }, maximized };
  return { bounds: bringInto({ ...bounds, ...size }, nearest(bounds, displays)), maximized };
}

/** Whether enough of the window's upper edge lies in the area. */
function isReachable(bounds: Rectangle, area: Rectangle): boolean {
  const width = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
  return width >= Math.min(handle.width, bounds.width) && bounds.y >= area.y && bounds.y + handle.height <= area.y + area.height;
}

function nearest(bounds: Rectangle, displays: readonly Display[]): Rectangle {
  const middle = { x: bounds.x + bounds.width / 2, y: bounds.y + bounds.height / 2 };
  const distances = displays.map(({ workArea }) => ({ workArea, distance: distanceTo(middle, workArea) }));
  return distances.reduce((best, one) => (one.distance < best.distance ? one : best)).workArea;
}

function distanceTo(point: { readonly x: number; readonly y: number }, area: Rectangle): number {
  const x = Math.max(area.x - point.x, 0, point.x - area.x - area.width);
  const y = Math.max(area.y - point.y, 0, point.y - area.y - area.height);
  return Math.hypot(x, y);
}

/** In the middle, when no part of it was in the area; else moved just so far that it is whole. */
function bringInto(bounds: Rectangle, area: Rectangle): Rectangle {
  const overlaps = bounds.x < area.x + area.width && area.x < bounds.x + bounds.width && bounds.y < area.y + area.height && area.y < bounds.y + bounds.height;
  if (!overlaps) return center(bounds, area);
  const width = Math.min(bounds.width, area.width);
  const height = Math.min(bounds.height, area.height);
  return { x: clamp(bounds.x, area.x, area.x + area.width - width), y: clamp(bounds.y, area.y, area.y + area.height - height), width, height };
}

function center(size: { readonly width: number; readonly height: number }, area: Rectangle): Rectangle {
  const width = Math.min(size.width, area.width);
  const height = Math.min(size.height, area.height);
  return { x: Math.round(area.x + (area.width - width) / 2), y: Math.round(area.y + (area.height - height) / 2), width, height };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
