import { containerPaths } from '../engine/names.ts';
import { contains, privateFolders, systemFolders, upperFolders, type Surroundings } from './project-path.ts';

export type MountSurroundings = Surroundings & {
  readonly platform: NodeJS.Platform;
  /** Folders that some agent may write: projects, and what is mounted writable elsewhere. Resolved. */
  readonly agentWritable: readonly string[];
  /** Folders of the projects. Resolved. */
  readonly projects: readonly string[];
};

export type Verdict =
  | { readonly kind: 'fine' }
  /** Only when the user types the path once more. */
  | { readonly kind: 'confirm'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** The kernel's own, and where services of the host listen: a socket is a door, read-only or not. */
const neverFolders = ['/proc', '/sys', '/dev', '/run', '/var/run', '/private/var/run', '/boot'];
/** What engines keep: images, volumes and gateways of every workspace. */
const engineFolders = ['/var/lib/docker', '/var/lib/containerd', '/var/lib/containers', '/var/snap/docker'];
/** Docker's own names, in its virtual machine, for folders of this computer. */
const machinePrefixes = ['/host_mnt', '/run/desktop/mnt/host', '/mnt/host', '/Volumes/Macintosh HD', '/System/Volumes/Data'];

/**
 * Whether a folder or file of the host may be mounted. Pure.
 *
 * @param path Absolute, links resolved.
 */
export function judgeMount(path: string, readOnly: boolean, surroundings: MountSurroundings): Verdict {
  const fold = folder(surroundings.platform);
  const at = fold(path);
  const inside = (place: string): boolean => contains(fold(place), at);
  const around = (place: string): boolean => contains(at, fold(place));
  const { home, data, sockets, agentWritable } = surroundings;
  const alias = machinePrefixes.find(inside);
  if (alias) return refused(`${path} is another name of a folder of this computer. Give the folder by its own name.`);
  if (path === '/') return refused('The whole file system is not for a container. Choose one folder.');
  const never = neverFolders.find((place) => inside(place) || around(place));
  if (never) return refused(`${never} is where the system and its services are reached, and ${path} holds or is part of it. No container gets that.`);
  const engine = engineFolders.find((place) => inside(place) || around(place));
  if (engine) return refused(`${engine} holds what the container engine keeps of every workspace, and ${path} holds or is part of it. No container gets that.`);
  if (inside(data)) return refused(`${path} is part of what Forgehold itself keeps. No container gets that.`);
  if (sockets !== undefined && (inside(sockets) || around(sockets)))
    return refused(`${sockets} is where Forgehold and its engines are reached, and ${path} holds or is part of it. No container gets that.`);
  const outer = agentWritable.find((place) => inside(place) && fold(place) !== at);
  if (outer)
    return refused(`${path} lies in ${outer}, where an agent could put a link to another place instead of it. Mount ${outer} itself, or move the folder out.`);
  if (!readOnly) {
    const held = surroundings.projects.find((place) => around(place) && fold(place) !== at);
    if (held) return refused(`${path} holds the project ${held}, whose git would lie open to the agent. Mount that project itself, or mount this read-only.`);
    if (path.split('/').includes('.git'))
      return refused(`${path} is part of a git repository: your own git would run what an agent writes there. Mount it read-only.`);
  }
  return judgeSensitive(path, readOnly, { home, data }, inside, around);
}

function judgeSensitive(
  path: string,
  readOnly: boolean,
  { home, data }: Surroundings,
  inside: (place: string) => boolean,
  around: (place: string) => boolean,
): Verdict {
  const system = systemFolders.find((place) => inside(place) || around(place));
  if (!readOnly) {
    if (system) return refused(`${system} belongs to the system: an agent that writes there could take the computer over. Mount it read-only.`);
    if (around(data)) return refused(`${path} holds what Forgehold itself keeps: an agent that writes there could get out. Mount it read-only.`);
    if (around(home)) return refused(`${path} holds your home folder: what an agent writes there, your own programs would run. Mount it read-only.`);
  }
  if (around(home)) return confirm(`${path} holds your home folder, and with it your keys, logins and mail: the agent could read them all.`);
  const own = privateFolders.map((name) => `${home}/${name}`).find((place) => inside(place) || around(place));
  if (own)
    return confirm(
      readOnly
        ? `${own} holds keys, logins or settings of programs: the agent could read them.`
        : `${own} holds keys, logins or programs that start by themselves: the agent could read them, and what it writes there your computer may run.`,
    );
  // `.netrc`, `.npmrc`, `.bashrc`, `.local/bin`: which of them hold logins, or are run, no list can say.
  if (inside(home) && path.split('/')[home.split('/').length]?.startsWith('.'))
    return confirm(
      readOnly
        ? `${path} is part of the settings of your programs, which may hold logins: the agent could read them.`
        : `${path} is part of the settings of your programs: what an agent writes there your computer may run.`,
    );
  if (system) return confirm(`${system} belongs to the system: the agent could read what it holds of other users and services.`);
  if (upperFolders.has(path)) return confirm(`${path} holds folders of many programs and perhaps of other users.`);
  if (around(data)) return confirm(`${path} holds what Forgehold itself keeps; that part stays hidden.`);
  return { kind: 'fine' };
}

function refused(reason: string): Verdict {
  return { kind: 'refused', reason };
}

function confirm(reason: string): Verdict {
  return { kind: 'confirm', reason };
}

/** macOS finds a folder under any spelling of its letters. */
function folder(platform: NodeJS.Platform): (path: string) => string {
  return platform === 'darwin' || platform === 'win32' ? (path) => path.normalize('NFC').toLowerCase() : (path) => path;
}

/** Places of the container that are the system's or Forgehold's, with all in them. */
const closedTargets = [
  '/proc',
  '/sys',
  '/dev',
  '/etc',
  '/run',
  '/var/run',
  '/opt/forgehold',
  '/var/cache/forgehold',
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib64',
];
/** Places that stay what they are, though something may be mounted in them. */
const keptTargets = [containerPaths.home, '/tmp', '/var', '/var/lib', '/var/cache', '/root'];

/**
 * Why nothing is mounted there; null when it may be. Pure.
 *
 * @param target As asked for.
 * @param project The project's folder in the container.
 * @param others Targets of the other mounts.
 */
export function explainTarget(target: string, project: string, others: readonly string[]): string | null {
  if (target.split('/').some((part, index) => part === '.' || part === '..' || (part === '' && index > 0)) || target === '/')
    return `${target} is no plain path in the container. Give it without ".", ".." and doubled slashes.`;
  const closed = closedTargets.find((place) => contains(place, target) || contains(target, place));
  if (closed) return `${closed} in the container is the system's or Forgehold's. Mount to another place, such as /mnt/data.`;
  const kept = [...keptTargets, project].find((place) => contains(target, place));
  if (kept) return `${kept} in the container would be hidden by a mount at ${target}. Mount to another place, such as /mnt/data.`;
  if (contains(project, target) && target.slice(project.length).split('/').includes('.git'))
    return `${target} is part of the workspace's git. Mount to another place, such as /mnt/data.`;
  if (others.includes(target)) return `Two mounts have the place ${target} in the container. Give each its own.`;
  return null;
}
