import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Display, type Rectangle, placeWindow } from './window-place.ts';

const laptop: Display = { workArea: { x: 0, y: 25, width: 1440, height: 875 } };
/** To the left of the laptop's, and higher up. */
const wide: Display = { workArea: { x: -2560, y: -400, width: 2560, height: 1400 } };
const tiny: Display = { workArea: { x: 0, y: 0, width: 1024, height: 580 } };

describe('placeWindow', () => {
  it('stands in the middle of the primary display the first time', () => {
    expect(placeWindow(null, [laptop, wide])).toEqual({ bounds: { x: 80, y: 53, width: 1280, height: 820 }, maximized: false });
    expect(placeWindow(null, [tiny]).bounds).toEqual({ x: 0, y: 0, width: 1024, height: 580 });
  });

  it('is back where it was, on any display, maximised or not', () => {
    const saved = { bounds: { x: -2000, y: -300, width: 1600, height: 1000 }, maximized: true };
    expect(placeWindow(saved, [laptop, wide])).toEqual(saved);
    // A part of it outside is how the user left it.
    const halfOut = { bounds: { x: 1000, y: 100, width: 1200, height: 700 }, maximized: false };
    expect(placeWindow(halfOut, [laptop])).toEqual(halfOut);
  });

  it('comes to the middle of the nearest display when its own is gone', () => {
    const saved = { bounds: { x: -2000, y: -300, width: 1300, height: 800 }, maximized: true };
    expect(placeWindow(saved, [laptop])).toEqual({ bounds: { x: 70, y: 63, width: 1300, height: 800 }, maximized: true });
  });

  it('is moved just so far that its title bar can be reached', () => {
    expect(placeWindow({ bounds: { x: 100, y: -300, width: 1000, height: 700 }, maximized: false }, [laptop]).bounds).toEqual({
      x: 100,
      y: 25,
      width: 1000,
      height: 700,
    });
    expect(placeWindow({ bounds: { x: 1400, y: 100, width: 1000, height: 700 }, maximized: false }, [laptop]).bounds).toEqual({
      x: 440,
      y: 100,
      width: 1000,
      height: 700,
    });
  });

  it('is never smaller than its screens are drawn for, nor larger than a display that it is brought to', () => {
    expect(placeWindow({ bounds: { x: 10, y: 30, width: 200, height: 100 }, maximized: false }, [laptop]).bounds).toEqual({
      x: 10,
      y: 30,
      width: 900,
      height: 600,
    });
    expect(placeWindow({ bounds: { x: 5000, y: 0, width: 3000, height: 2000 }, maximized: false }, [laptop]).bounds).toEqual(laptop.workArea);
  });

  it('can be seen and dragged on some display, whatever was saved', () => {
    const number = fc.integer({ min: -10_000, max: 10_000 });
    const size = fc.integer({ min: 1, max: 8000 });
    const rectangle = fc.record({ x: number, y: number, width: size, height: size });
    const area = fc.record({ x: number, y: number, width: fc.integer({ min: 640, max: 8000 }), height: fc.integer({ min: 400, max: 5000 }) });
    const displays = fc.array(
      area.map((workArea) => ({ workArea })),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(rectangle, fc.boolean(), displays, (bounds, maximized, all) => {
        const placed = placeWindow({ bounds, maximized }, all).bounds;
        expect(all.some(({ workArea }) => shownWidth(placed, workArea) >= 120 && placed.y >= workArea.y && placed.y + 32 <= workArea.y + workArea.height)).toBe(
          true,
        );
      }),
    );
  });
});

function shownWidth(one: Rectangle, other: Rectangle): number {
  return Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
}
