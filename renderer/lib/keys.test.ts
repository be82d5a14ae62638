import { expect, test } from 'vitest';
import { keyLabel, matches, shortcuts } from './keys.ts';

const none = { ctrlKey: false, shiftKey: false, altKey: false, metaKey: false };

test('in a browser the command key is Ctrl+Shift', () => {
  expect(matches('answer', { ...none, ctrlKey: true, shiftKey: true, code: 'Period' })).toBe(true);
  expect(matches('answer', { ...none, ctrlKey: true, code: 'Period' })).toBe(false);
  expect(matches('answer', { ...none, ctrlKey: true, shiftKey: true, altKey: true, code: 'Period' })).toBe(false);
  expect(keyLabel('answer', false)).toBe('Ctrl+⇧.');
});

test('F6 and Shift+F6 are told apart', () => {
  expect(matches('nextRegion', { ...none, code: 'F6' })).toBe(true);
  expect(matches('nextRegion', { ...none, shiftKey: true, code: 'F6' })).toBe(false);
  expect(matches('previousRegion', { ...none, shiftKey: true, code: 'F6' })).toBe(true);
});

test('no two actions share a chord', () => {
  const labels = Object.keys(shortcuts).map((name) => keyLabel(name as keyof typeof shortcuts, false));
  expect(new Set(labels).size).toBe(labels.length);
});
