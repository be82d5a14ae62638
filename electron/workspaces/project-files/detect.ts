import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectFindings } from '../../../shared/model/project-file.ts';
import { lookAtOwnFile } from '../own-file.ts';

/** A preset of the wall's, and what tells of it. */
export type Teller = {
  readonly id: string;
  readonly title: string;
  readonly domains: readonly string[];
  /** Files of the project's root, the surest first. */
  readonly files: readonly string[];
  /** Hosts of git remotes. */
  readonly remotes: readonly string[];
};

type Detected = ProjectFindings['detected'];

/** Tools that a folder seems to use, by names alone: nothing is run, and nothing but git's configuration is read. */
export async function detectTools(folder: string, presets: readonly Teller[]): Promise<Detected> {
  const hosts = await readRemoteHosts(folder);
  const found = await Promise.all(
    presets.map(async ({ id, title, files, domains, remotes }) => {
      const present = await Promise.all(files.map(async (file) => ((await isThere(join(folder, file))) ? file : null)));
      const file = present.find((one) => one !== null);
      const host = remotes.find((one) => hosts.has(one));
      const because = file !== undefined ? `There is a ${file}.` : host !== undefined ? `Its git remote is on ${host}.` : null;
      return because === null ? [] : [{ preset: id, title, because, domains: [...domains] }];
    }),
  );
  return found.flat();
}

/** The same for a repository that is cloned inside the wall: only its URL is known before. */
export function detectByUrl(url: string, presets: readonly Teller[]): Detected {
  const hosts = hostsIn(url);
  return presets.flatMap(({ id, title, domains, remotes }) => {
    const host = remotes.find((one) => hosts.has(one));
    return host === undefined ? [] : [{ preset: id, title, because: `It comes from ${host}.`, domains: [...domains] }];
  });
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
}

const maxGitConfigBytes = 256 * 1024;

/** Only of a plain `.git` folder: where git's configuration lies elsewhere, the hint is not worth the way. */
async function readRemoteHosts(folder: string): Promise<ReadonlySet<string>> {
  const config = await lookAtOwnFile(folder, '.git/config', maxGitConfigBytes);
  if (config.kind !== 'file') return new Set();
  return new Set(
    config.content
      .toString('utf8')
      .split('\n')
      .flatMap((line) => (/^\s*url\s*=/i.test(line) ? [...hostsIn(line)] : [])),
  );
}

/** `https://host/…`, `ssh://git@host/…`, `git@host:path`. */
function hostsIn(text: string): ReadonlySet<string> {
  const found = /(?:\/\/(?:[^/@\s]*@)?|@)([a-z0-9.-]+)(?=[:/])/i.exec(text)?.[1];
  return new Set(found === undefined ? [] : [found.toLowerCase()]);
}
