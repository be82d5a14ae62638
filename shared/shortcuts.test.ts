import { expect, test } from 'vitest';
import { acceleratorOf, labelOf, matches } from './shortcuts.ts';

const none = { ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, key: '' };

test('the command key is Ctrl+Shift in a browser and on Linux, and ⌘ in the window on a Mac', () => {
  const ctrlShift = { ...none, ctrlKey: true, shiftKey: true, code: 'Period' };
  const command = { ...none, metaKey: true, code: 'Period' };
  for (const surface of ['browser', 'browser-mac', 'desktop'] as const) {
    expect(matches('answer', ctrlShift, surface)).toBe(true);
    expect(matches('answer', { ...ctrlShift, shiftKey: false }, surface)).toBe(false);
    expect(matches('answer', { ...ctrlShift, altKey: true }, surface)).toBe(false);
    expect(matches('answer', command, surface)).toBe(false);
  }
  expect(matches('answer', command, 'desktop-mac')).toBe(true);
  expect(matches('answer', ctrlShift, 'desktop-mac')).toBe(false);
  expect([labelOf('answer', 'browser'), labelOf('answer', 'browser-mac'), labelOf('answer', 'desktop-mac')]).toEqual(['Ctrl+⇧.', '⌃⇧.', '⌘.']);
});

test('what a browser keeps for itself goes with Alt there, or has no key', () => {
  expect([labelOf('newHere', 'browser'), labelOf('newHere', 'desktop'), labelOf('newHere', 'desktop-mac')]).toEqual(['Alt+N', 'Ctrl+⇧N', '⌘N']);
  expect([labelOf('nextPane', 'browser'), labelOf('nextPane', 'desktop')]).toEqual([undefined, 'Ctrl+⇥']);
  expect(matches('nextPane', { ...none, ctrlKey: true, code: 'Tab' }, 'browser')).toBe(false);
});

test('F6 and Shift+F6 are told apart', () => {
  expect(matches('nextRegion', { ...none, code: 'F6' }, 'desktop')).toBe(true);
  expect(matches('nextRegion', { ...none, shiftKey: true, code: 'F6' }, 'desktop')).toBe(false);
  expect(matches('previousRegion', { ...none, shiftKey: true, code: 'F6' }, 'desktop')).toBe(true);
});

test('a key is found by its place; in the window on a Mac a letter with ⌘ by what it types, as in its menus', () => {
  // AZERTY types w where others have z.
  const azerty = { ...none, code: 'KeyZ', key: 'w' };
  expect(matches('undo', { ...azerty, ctrlKey: true, shiftKey: true }, 'desktop')).toBe(true);
  expect(matches('close', { ...azerty, metaKey: true }, 'desktop-mac')).toBe(true);
  expect(matches('undo', { ...azerty, metaKey: true }, 'desktop-mac')).toBe(false);
  // A Cyrillic layout types no Latin letter: there the place counts.
  expect(matches('palette', { ...none, metaKey: true, code: 'KeyK', key: 'л' }, 'desktop-mac')).toBe(true);
});

test('a native menu is told the same chord', () => {
  expect(acceleratorOf('submit', 'desktop')).toBe('Control+Shift+Enter');
  expect(acceleratorOf('palette', 'desktop-mac')).toBe('Command+K');
  expect([acceleratorOf('nextPane', 'desktop'), acceleratorOf('terminal1', 'desktop'), acceleratorOf('previousRegion', 'desktop')]).toEqual([
    'Control+Tab',
    'Alt+1',
    'Shift+F6',
  ]);
});

test('the key that pauses is that of the answer with Shift on a Mac, and Ctrl alone where the command key has Shift already', () => {
  expect([labelOf('pauseWorkspace', 'desktop-mac'), acceleratorOf('pauseWorkspace', 'desktop-mac')]).toEqual(['⇧⌘.', 'Shift+Command+.']);
  expect([labelOf('pauseWorkspace', 'desktop'), labelOf('pauseWorkspace', 'browser-mac')]).toEqual(['Ctrl+.', '⌃.']);
  expect(matches('pauseWorkspace', { ...none, ctrlKey: true, code: 'Period' }, 'desktop')).toBe(true);
  expect(matches('answer', { ...none, ctrlKey: true, code: 'Period' }, 'desktop')).toBe(false);
});
