import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Conf from 'conf';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shellSettingsSchema } from '../../shared/model/shell.ts';
import { type Kept, type OpenStore, openKept } from './kept.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forgehold-kept-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open: OpenStore = ({ name, ...options }) => new Conf({ ...options, configName: name });
const defaults = shellSettingsSchema.parse({});

function openSettings(at = folder): Kept<typeof defaults> {
  return openKept({ folder: at, name: 'shell', schema: shellSettingsSchema, open });
}

describe('settings of the window', () => {
  it('begin with the defaults, and are there again after a restart, in a private file', () => {
    expect(openSettings().get()).toEqual(defaults);
    expect(openSettings().set({ theme: 'dark', tray: false })).toEqual({ ...defaults, theme: 'dark', tray: false });
    expect(openSettings()).toMatchObject({ problem: null });
    expect(openSettings().get()).toEqual({ ...defaults, theme: 'dark', tray: false });
    expect(statSync(join(folder, 'shell.json')).mode & 0o777).toBe(0o600);
  });

  it('tell who listens, and refuse what is none', () => {
    const settings = openSettings();
    const heard: string[] = [];
    settings.onChange(({ theme }) => heard.push(theme));
    settings.set({ theme: 'light' });
    expect(() => settings.set({ theme: 'pink' as 'light' })).toThrow(expect.objectContaining({ code: 'shell/settings-invalid' }));
    expect(heard).toEqual(['light']);
    expect(openSettings().get().theme).toBe('light');
  });

  it.each(['{ "theme": "dark"', '', '\0\0\0', '[]]'])('put a file that is no JSON aside, say so, and begin anew: %j', (text) => {
    writeFileSync(join(folder, 'shell.json'), text);
    const settings = openSettings();
    expect(settings.get()).toEqual(defaults);
    const aside = readdirSync(folder).find((name) => name.startsWith('shell.unreadable-'))!;
    expect(readFileSync(join(folder, aside), 'utf8')).toBe(text);
    expect(settings.problem).toContain(aside);
    settings.set({ tray: false });
    expect(openSettings()).toMatchObject({ problem: null });
    expect(openSettings().get().tray).toBe(false);
  });

  it('take over what is right beside what is wrong', () => {
    writeFileSync(join(folder, 'shell.json'), JSON.stringify({ theme: 'dark', tray: 'perhaps', updates: 7 }));
    const settings = openSettings();
    expect(settings.get()).toEqual({ ...defaults, theme: 'dark' });
    expect(settings.problem).toContain('could not be read');
    expect(openSettings().get()).toEqual({ ...defaults, theme: 'dark' });
  });

  it('leave what a newer version wrote in the file', () => {
    writeFileSync(join(folder, 'shell.json'), JSON.stringify({ theme: 'dark', hologram: true }));
    const settings = openSettings();
    expect(settings).toMatchObject({ problem: null });
    settings.set({ theme: 'light' });
    expect(JSON.parse(readFileSync(join(folder, 'shell.json'), 'utf8'))).toMatchObject({ theme: 'light', hologram: true });
  });

  it('hold until the end where nothing can be written', () => {
    writeFileSync(join(folder, 'file'), '');
    const settings = openSettings(join(folder, 'file'));
    expect(settings.problem).toContain('Changes hold until Forgehold ends');
    expect(settings.set({ theme: 'dark' }).theme).toBe('dark');
    expect(settings.get().theme).toBe('dark');
  });
});
