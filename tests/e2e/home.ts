import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A user's home folder with projects in it: given to the core as HOME, so that the real one is neither read nor shown. */
export type TestHome = {
  readonly path: string;
  /** Makes a git repository with one commit of these files below the home; gives its path. */
  readonly addProject: (name: string, files: Readonly<Record<string, string>>) => string;
  readonly remove: () => void;
};

/** `wanted` is for pictures, which show paths: taken when nothing is there. */
export function makeHome(wanted?: string): TestHome {
  if (wanted !== undefined && existsSync(wanted)) throw new Error(`${wanted} exists; pictures need this name for a folder of their own.`);
  const path = wanted ?? mkdtempSync(join(tmpdir(), 'forgehold-home-'));
  mkdirSync(path, { recursive: true });
  return {
    path,
    addProject(name, files) {
      const folder = join(path, name);
      for (const [file, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        writeFileSync(join(folder, file), content, { mode: content.startsWith('#!') ? 0o755 : 0o644 });
      }
      const author = ['-c', 'user.name=Robin Ash', '-c', 'user.email=robin@orchard.example'];
      for (const argv of [
        ['init', '-q', '-b', 'main'],
        ['add', '-A'],
        [...author, 'commit', '-qm', 'Start the orchard'],
      ]) {
        execFileSync('git', ['-C', folder, ...argv]);
      }
      return folder;
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
