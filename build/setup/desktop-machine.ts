import { ensureElectron } from './electron.ts';
import { type Program, canInstall, ensurePrograms, findCommand, installPackages } from './packages.ts';
import { run, say } from './run.mjs';

const xvfb: Program = { commands: ['Xvfb'], debianPackage: 'xvfb', why: 'a display for the desktop app where there is none' };
const tools: readonly Program[] = [
  { commands: ['mksquashfs'], debianPackage: 'squashfs-tools', why: 'makes AppImages in tests' },
  { commands: ['desktop-file-validate'], debianPackage: 'desktop-file-utils', why: 'checks the desktop entry' },
  { commands: ['appstreamcli'], debianPackage: 'appstream', why: 'checks the metadata of the app' },
  { commands: ['zip'], debianPackage: 'zip', why: 'gives Electron to the packager' },
];
const xauth: Program = { commands: ['xauth'], debianPackage: 'xauth', why: 'lets xvfb-run start programs' };
/** What Electron links to and a slim Debian lacks, by the names of Debian 12; later releases still answer to them. */
const libraries = ['libgtk-3-0', 'libnss3', 'libgbm1', 'libasound2', 'libxss1', 'libxtst6', 'libnotify4', 'libatspi2.0-0', 'libdrm2', 'libxkbcommon0'];

/** Makes the machine ready for the specs of the desktop app. Where it can't be, they skip themselves by name: nothing here throws for that. */
export async function ensureDesktopMachine(): Promise<void> {
  const electron = await ensureElectron({ forTests: true });
  if (!electron || process.platform !== 'linux') return;
  const isReady = await linksWhole(electron.executable);
  if (!canInstall()) {
    if (!isReady) say(`Electron lacks libraries. Install: ${libraries.join(' ')}`);
    if (!findCommand(xvfb.commands)) say('There is no Xvfb: the tests of the desktop app need it, or a display.');
    return;
  }
  await ensurePrograms([xvfb, xauth, ...tools]);
  if (!isReady) await installPackages(libraries);
}

/** The dynamic linker finds every library of the program. */
async function linksWhole(executable: string): Promise<boolean> {
  return !(await run('ldd', [executable])).includes('not found');
}
