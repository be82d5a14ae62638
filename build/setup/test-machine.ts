import { existsSync } from 'node:fs';
import { ensureBrowser } from './browser.ts';
import { ensureDesktopMachine } from './desktop-machine.ts';
import { ensureDesktop } from './desktop.ts';
import { openEngine } from './docker.ts';
import { ensureBaseTools, ensureImages } from './images.ts';
import { canInstall, ensurePrograms, git, keychainPrograms, openssl, sshClient, sshServer } from './packages.ts';

/**
 * Makes the machine ready for these suites of vitest.config.ts; none named means all. Real engine, images, browser:
 * a suite that needs one fails without it, it does not skip.
 */
export async function ensureTestMachine(suites: readonly string[]): Promise<void> {
  const needs = (suite: string): boolean => suites.length === 0 || suites.includes(suite);
  await ensurePrograms([git]);
  const needsWindow = needs('e2e') || needs('desktop') || needs('security');
  if (needs('e2e') || needs('security')) await ensureBrowser();
  if (needsWindow) {
    await ensureDesktopMachine();
    await ensureDesktop();
  }
  if (!needs('integration') && !needsWindow) return;
  await ensureRemoteEngines();
  if (needs('integration') || needs('security')) await ensureKeychain();
  const engine = await openEngine();
  try {
    await ensureBaseTools(engine);
    await ensureImages(engine);
  } finally {
    engine.close();
  }
}

/** Where installing an ssh server would also start it for the whole network, its tests are skipped instead. */
async function ensureRemoteEngines(): Promise<void> {
  if (canInstall() && !existsSync('/run/systemd/system')) await ensurePrograms([openssl, sshClient, sshServer]);
}

/** Linux: elsewhere the keychain is the user's own, which tests leave alone. */
async function ensureKeychain(): Promise<void> {
  if (process.platform === 'linux') await ensurePrograms(keychainPrograms);
}
