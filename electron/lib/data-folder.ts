import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { explainTrouble } from '../../shared/trouble.ts';

/** Everything one instance of Forgehold keeps on the host lies below one folder. */
export type DataFolder = {
  /** Absolute, symlink-resolved. */
  readonly root: string;
  /** 12 hex digits, made once: it labels all objects of this instance in the engine. */
  readonly installation: string;
  readonly database: string;
  /** Of the core; its owner is the ipc slice. */
  readonly socket: string;
  readonly lock: string;
  readonly settings: string;
  readonly logs: string;
  /** For downloads under way; the core empties it. */
  readonly downloads: string;
  /** The git dir of a workspace (design.md section 8). */
  readonly gitDir: (project: ProjectPlace, workspaceId: string) => string;
  /** A workspace's own folder on the host; all of it goes when the workspace goes. */
  readonly workspace: (workspaceId: string) => string;
  /** `/home/agent` of a workspace. */
  readonly home: (workspaceId: string) => string;
  /** Linked worktrees of a project; the same path inside and outside. */
  readonly worktrees: (project: ProjectPlace) => string;
};

export type ProjectPlace = { readonly projectId: string; readonly name: string };

const INSTALLATION = /^[0-9a-f]{12}$/;

/**
 * Resolves the data folder, makes it where it is missing (mode 0700), and reads or makes the installation id.
 *
 * @param given The `--data` argument; by default `~/.forgehold`.
 * @throws AppError `data/unusable` when it cannot be made, is no folder, or belongs to another user.
 */
export function openDataFolder(given?: string): DataFolder {
  const wanted = resolve(given ?? join(homedir(), '.forgehold'));
  try {
    mkdirSync(wanted, { recursive: true, mode: 0o700 });
    const root = realpathSync(wanted);
    refuseForeign(root);
    chmodSync(root, 0o700);
    return describe(root, readInstallation(join(root, 'installation')));
  } catch (error) {
    const trouble = explainTrouble(error);
    if (trouble instanceof AppError) throw trouble;
    throw new AppError('data/unusable', `The data folder ${wanted} cannot be used: ${(error as Error).message}. Give another one with --data.`, {
      details: { path: wanted },
      cause: error,
    });
  }
}

/** Another user's folder would let that user swap what we start containers from. */
function refuseForeign(root: string): void {
  const owner = statSync(root).uid;
  const self = process.getuid?.();
  if (self === undefined || owner === self) return;
  throw new AppError('data/unusable', `The data folder ${root} belongs to another user. Give one of your own with --data.`, { details: { path: root, owner } });
}

/** Made whole under another name and then linked: of two that start at once, both read the same id. */
function readInstallation(file: string): string {
  const own = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    return parseInstallation(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  try {
    writeFileSync(own, `${randomBytes(6).toString('hex')}\n`, { mode: 0o600, flush: true });
    linkSync(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(own, { force: true });
  }
  return parseInstallation(file);
}

function parseInstallation(file: string): string {
  const text = readFileSync(file, 'utf8').trim();
  if (INSTALLATION.test(text)) return text;
  throw new AppError(
    'data/unusable',
    `The file ${file} should hold this installation's id, 12 hex digits, and does not. Restore it: without it Forgehold cannot find its containers.`,
    { details: { path: file } },
  );
}

function describe(root: string, installation: string): DataFolder {
  return {
    root,
    installation,
    database: join(root, 'forgehold.db'),
    socket: join(root, 'core.sock'),
    lock: join(root, 'core.lock'),
    settings: join(root, 'settings.json'),
    logs: join(root, 'logs'),
    downloads: join(root, 'downloads'),
    gitDir: (project, workspaceId) => join(root, 'git', folderName(project), workspaceId),
    workspace: (workspaceId) => join(root, 'workspaces', workspaceId),
    home: (workspaceId) => join(root, 'workspaces', workspaceId, 'home'),
    worktrees: (project) => join(root, 'worktrees', folderName(project)),
  };
}

/** `<project>-<id6>`: readable, and unlike that of another folder of the same name. */
function folderName(project: ProjectPlace): string {
  const readable = project.name.replaceAll(/[^a-zA-Z0-9._-]+/g, '-').replace(/^[.-]+/, '');
  return `${readable.slice(0, 60) || 'project'}-${project.projectId.slice(0, 6)}`;
}
