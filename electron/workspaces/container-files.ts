import { pack } from 'tar-stream';
import { containerPaths } from '../engine/names.ts';
import { formatSetting } from './git-config.ts';
import { npmFiles } from './npm-programs.ts';

export type ContainerFile = { readonly path: string; readonly content: string; /** Octal, as a number. */ readonly mode: number };

/**
 * Files of the root user that an agent container gets before it starts, as a tar to unpack at `/`:
 * who the agent is, whom it trusts, where login shells find programs, and git's system settings.
 */
export function packContainerFiles(files: {
  readonly passwd: string;
  readonly group: string;
  readonly certificates: string;
  readonly caCertificate: string;
  readonly user: { readonly uid: number; readonly gid: number };
  /** `PATH` of the container. */
  readonly path: string;
  /** npm's folder in the tools volume, and the program of its Node. */
  readonly npm: string;
  readonly node: string;
  /** Folders that shall be the agent's: an engine's new volume is root's. */
  readonly owned: readonly string[];
  /** What the image does not bring. */
  readonly extra?: readonly ContainerFile[];
}): Promise<Uint8Array> {
  const texts = {
    'etc/passwd': withUser(files.passwd, files.user),
    'etc/group': withGroup(files.group, files.user.gid),
    'etc/ssl/certs/ca-certificates.crt': `${files.certificates.trimEnd()}\n${files.caCertificate.trimEnd()}\n`,
    'etc/ssl/forgehold/workspace.crt': files.caCertificate,
    'etc/gitconfig': systemGitConfig(),
    // Debian's /etc/profile sets PATH anew for every login shell, and then reads this.
    'etc/profile.d/forgehold.sh': `export PATH=${quoteForShell(files.path)}\n`,
  };
  const all = [
    ...Object.entries(texts).map(([path, content]) => ({ path, content, mode: 0o644 })),
    ...npmFiles(files.npm, files.node).map(({ name, ...rest }) => ({ path: name, ...rest })),
    ...(files.extra ?? []),
  ];
  return packTar(all, files.owned, files.user);
}

/** Names of the agent's ids: without them shells, ssh and git stumble. An image's own entry of the same id gives way. */
export function withUser(passwd: string, { uid, gid }: { readonly uid: number; readonly gid: number }): string {
  const others = passwd.split('\n').filter((line) => line !== '' && line.split(':')[2] !== String(uid) && !line.startsWith('agent:'));
  const root = uid === 0 ? [`root:x:0:0:root:${containerPaths.home}:/bin/bash`] : [];
  return [...root, ...(uid === 0 ? [] : [`agent:x:${uid}:${gid}:agent:${containerPaths.home}:/bin/bash`]), ...others, ''].join('\n');
}

/** macOS users have gid 20, which is `dialout` in Debian: a group that exists keeps its name. */
export function withGroup(group: string, gid: number): string {
  const lines = group.split('\n').filter((line) => line !== '');
  if (!lines.some((line) => line.split(':')[2] === String(gid))) lines.push(`agent:x:${gid}:`);
  return `${lines.join('\n')}\n`;
}

function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function systemGitConfig(): string {
  const settings: readonly (readonly [string, string])[] = [
    // The project's folder may belong to another id in the eyes of the container (rootless engines, network shares).
    ['safe.directory', '*'],
    ['init.defaultbranch', 'main'],
    ['filter.lfs.clean', 'git-lfs clean -- %f'],
    ['filter.lfs.smudge', 'git-lfs smudge -- %f'],
    ['filter.lfs.process', 'git-lfs filter-process'],
    ['filter.lfs.required', 'true'],
  ];
  return settings.map(formatSetting).join('');
}

async function packTar(
  files: readonly ContainerFile[],
  folders: readonly string[],
  { uid, gid }: { readonly uid: number; readonly gid: number },
): Promise<Uint8Array> {
  const tar = pack();
  for (const name of folders) tar.entry({ name: name.replace(/^\//, ''), type: 'directory', mode: 0o755, uid, gid });
  for (const { path, content, mode } of files) tar.entry({ name: path.replace(/^\//, ''), mode, uid: 0, gid: 0 }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
