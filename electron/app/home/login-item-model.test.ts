import { expect, test } from 'vitest';
import { buildAutostartEntry } from './login-item-model.ts';

function exec(...command: string[]): string | undefined {
  return /^Exec=(.*)$/m.exec(buildAutostartEntry(command))?.[1];
}

test('the app starts with the session, in the background', () => {
  expect(exec('/opt/Forgehold/forgehold')).toBe('/opt/Forgehold/forgehold --background');
});

test('a path with anything in it stays one argument', () => {
  expect(exec('/home/me/My Apps/Forgehold.AppImage')).toBe('"/home/me/My Apps/Forgehold.AppImage" --background');
  expect(exec('/x/a"b$c`d\\e%f')).toBe(String.raw`"/x/a\\"b\\$c\\` + '`' + String.raw`d\\\\e%%f" --background`);
});
