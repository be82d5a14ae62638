import { existsSync } from 'node:fs';
import { type Program, ensurePrograms, findCommand } from './packages.ts';

const chromium: Program = {
  commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  debianPackage: 'chromium',
  why: 'the browser of the end-to-end tests',
};
const macApps = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];

/** The Chromium that the tests drive: `FORGEHOLD_BROWSER`, else an installed one. */
export function findBrowser(): string | undefined {
  const named = process.env.FORGEHOLD_BROWSER;
  if (named) return named;
  return findCommand(chromium.commands) ?? macApps.find((file) => existsSync(file));
}

export async function ensureBrowser(): Promise<void> {
  if (!findBrowser()) await ensurePrograms([chromium]);
}
