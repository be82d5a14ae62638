import { type Browser, chromium } from 'playwright-core';
import { findBrowser } from '../../build/setup/browser.ts';

/** The machine's real Chromium, with a new empty profile, and quiet: it fetches nothing of its own. */
export function launchChromium(...args: readonly string[]): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error('There is no Chromium here. Install one, or name it in FORGEHOLD_BROWSER.');
  const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', ...quiet, ...args] });
}
