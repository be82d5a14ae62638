import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { SetupError, run, step } from './run.mjs';

/** A program that the host must have. Any of `commands` will do. */
export type Program = { readonly commands: readonly string[]; readonly debianPackage: string; readonly why: string };

export const git: Program = { commands: ['git'], debianPackage: 'git', why: 'projects are git repositories' };
export const debootstrap: Program = {
  commands: ['debootstrap'],
  debianPackage: 'debootstrap',
  why: 'makes the base image where no image registry answers',
};

export const sshServer: Program = { commands: ['sshd'], debianPackage: 'openssh-server', why: 'stands in for a remote engine in tests' };
export const sshClient: Program = { commands: ['ssh'], debianPackage: 'openssh-client', why: 'leads to a remote engine in tests' };
export const openssl: Program = { commands: ['openssl'], debianPackage: 'openssl', why: 'makes certificates for tests' };

/** The keychain's tests bring a desktop session of their own: a bus, a keychain, and another program that reads it. */
export const keychainPrograms: readonly Program[] = [
  { commands: ['dbus-daemon'], debianPackage: 'dbus', why: 'carries the session bus of the keychain tests' },
  { commands: ['gnome-keyring-daemon'], debianPackage: 'gnome-keyring', why: 'is the keychain of tests' },
  { commands: ['secret-tool'], debianPackage: 'libsecret-tools', why: 'tells tests what the keychain has' },
  { commands: ['gdbus'], debianPackage: 'libglib2.0-bin', why: "locks the tests' keychain" },
];

/** The full path of the first of these commands on PATH. */
export function findCommand(commands: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return commands.flatMap((command) => folders.map((folder) => path.join(folder, command))).find(isExecutable);
}

/** Whether set-up may install what is missing by itself: root on a Debian-like machine. Elsewhere it says what to install. */
export function canInstall(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && findCommand(['apt-get']) !== undefined;
}

/** Installs the programs that are missing, all at once; throws one sentence that names them where that is not for us to do. */
export async function ensurePrograms(programs: readonly Program[]): Promise<void> {
  const missing = programs.filter(({ commands }) => !findCommand(commands));
  if (missing.length === 0) return;
  const names = missing.map(({ debianPackage }) => debianPackage);
  if (!canInstall()) {
    const reasons = missing.map(({ commands, why }) => `${commands.join(' or ')} (${why})`).join(', ');
    throw new SetupError(`Missing on this machine: ${reasons}. Install, for example: ${installCommand(names)}`);
  }
  await installPackages(names);
}

/** With lists updated first, when there are none or they no longer lead to the packages. */
export async function installPackages(names: readonly string[]): Promise<void> {
  await step(`Installing ${names.join(', ')} (apt-get)`, async () => {
    const lists = '/var/lib/apt/lists';
    const hasLists = existsSync(lists) && readdirSync(lists).some((file) => file.includes('_Packages'));
    if (!hasLists || !(await install(names).then(isDone, isNotDone))) {
      await run('apt-get', ['update', '-q']);
      await install(names);
    }
  });
}

function install(names: readonly string[]): Promise<string> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names], { env });
}

function installCommand(names: readonly string[]): string {
  return process.platform === 'darwin' ? `brew install ${names.join(' ')}` : `sudo apt-get install ${names.join(' ')}`;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us: to PATH lookup that is the same.
    return false;
  }
}

function isDone(): boolean {
  return true;
}
function isNotDone(): boolean {
  return false;
}
