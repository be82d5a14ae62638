import { readdir, readFile, stat } from 'node:fs/promises';

/** Programs that answer as the Secret Service, by the name the kernel has for them (15 characters). */
const providers: Readonly<Record<string, string>> = {
  'gnome-keyring-d': 'GNOME Keyring',
  kwalletd5: 'KWallet',
  kwalletd6: 'KWallet',
  ksecretd: 'KWallet',
  keepassxc: 'KeePassXC',
  'oo7-daemon': 'oo7',
};
const unnamed = "the desktop's keyring";

/** What the keychain of this machine is called. The Secret Service does not tell: where one of the known programs runs for this user, it is that. */
export async function nameProvider(platform: NodeJS.Platform = process.platform): Promise<string> {
  if (platform === 'darwin') return 'macOS Keychain';
  if (platform === 'win32') return 'Windows Credential Manager';
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = new Set((await Promise.all(pids.map(nameProcess))).filter((title) => title !== null));
  const [only] = found;
  return found.size === 1 && only !== undefined ? only : unnamed;
}

async function nameProcess(pid: string): Promise<string | null> {
  try {
    if ((await stat(`/proc/${pid}`)).uid !== process.getuid?.()) return null;
    return providers[(await readFile(`/proc/${pid}/comm`, 'utf8')).trim()] ?? null;
  } catch {
    // It ended meanwhile.
    return null;
  }
}
