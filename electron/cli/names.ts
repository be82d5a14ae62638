import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join, resolve, sep } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Project } from '../../shared/model/project.ts';
import type { Snapshot } from '../../shared/model/snapshot.ts';
import type { Terminal } from '../../shared/model/terminal.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { visible } from './safe-text.ts';

type Named<T> = {
  readonly what: string;
  readonly id: (thing: T) => string;
  /** All that a person may call it; the first is shown. */
  readonly names: (thing: T) => readonly string[];
};

/** Fewer characters of an id are as likely the beginning of a name. */
const shortestIdPrefix = 3;

/**
 * The one thing of this id, name, or unique beginning of either, in this order; case counts only where it decides.
 * @throws AppError `cli/ambiguous` with the candidates, `cli/not-found` with what there is
 */
export function pick<T>(all: readonly T[], wanted: string, { what, id, names }: Named<T>): T {
  const lower = wanted.toLowerCase();
  const tiers: readonly ((thing: T) => boolean)[] = [
    (thing) => id(thing) === wanted,
    (thing) => names(thing).includes(wanted),
    (thing) => wanted.length >= shortestIdPrefix && id(thing).startsWith(lower),
    (thing) => names(thing).some((name) => name.toLowerCase() === lower),
    (thing) => names(thing).some((name) => name.toLowerCase().startsWith(lower)),
  ];
  if (wanted === '') throw new AppError('cli/usage', `Which ${what}? The name is empty.`);
  for (const fits of tiers) {
    const found = all.filter(fits);
    if (found.length === 1) return found[0]!;
    if (found.length > 1)
      throw ambiguous(
        what,
        wanted,
        found.map((thing) => `${id(thing)} (${names(thing)[0]})`),
      );
  }
  const some = all.slice(0, 8).map((thing) => names(thing)[0]);
  const there = some.length === 0 ? 'There is none yet.' : `There are: ${some.join(', ')}${all.length > 8 ? ', …' : ''}.`;
  throw new AppError('cli/not-found', visible(`There is no ${what} "${wanted}". ${there}`), { details: { wanted } });
}

export function findProject({ projects }: Snapshot, wanted = '.'): Project {
  if (isPath(wanted)) return projectAt(projects, wanted);
  return pick(projects, wanted, {
    what: 'project',
    id: ({ projectId }) => projectId,
    names: ({ name, path, url }) => [name, path, basename(path), ...(url ? [url] : [])],
  });
}

/** By id, `name`, `project/name`, or a folder whose project has only one. Without a name that of the present folder. */
export function findWorkspace(snapshot: Snapshot, wanted = '.'): Workspace {
  const { projects, workspaces } = snapshot;
  if (isPath(wanted)) {
    const project = projectAt(projects, wanted);
    return only(
      workspaces.filter(({ projectId }) => projectId === project.projectId),
      'workspace',
      wanted,
      workspaceLabel,
    );
  }
  const projectOf = new Map(projects.map(({ projectId, name }) => [projectId, name]));
  const names = ({ name, projectId }: Workspace): readonly string[] => [name, `${projectOf.get(projectId)}/${name}`];
  return pick(workspaces, wanted, { what: 'workspace', id: ({ workspaceId }) => workspaceId, names });
}

/** By id, by title, or by workspace: its agent's where there is one, else its only one. */
export function findTerminal(snapshot: Snapshot, wanted = '.'): Terminal {
  const { terminals } = snapshot;
  const direct = terminals.filter(({ terminalId }) => wanted.length >= shortestIdPrefix && terminalId.startsWith(wanted));
  if (direct.length === 1) return direct[0]!;
  if (direct.length > 1) throw ambiguous('terminal', wanted, direct.map(terminalLabel));
  const { workspaceId } = findTerminalsWorkspace(snapshot, wanted);
  const own = terminals.filter((terminal) => terminal.workspaceId === workspaceId);
  const agents = own.filter(({ kind }) => kind === 'agent');
  return only(agents.length > 0 ? agents : own, 'terminal', wanted, terminalLabel);
}

function findTerminalsWorkspace(snapshot: Snapshot, wanted: string): Workspace {
  try {
    return findWorkspace(snapshot, wanted);
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'cli/not-found')) throw error;
    throw new AppError('cli/not-found', visible(`There is no terminal and no workspace "${wanted}". "forgehold terminal list" shows all.`), { cause: error });
  }
}

export function isPath(text: string): boolean {
  return text === '.' || text === '..' || text === '~' || /^(?:\.{0,2}|~)[/\\]/.test(text);
}

/** Absolute, links followed as far as it exists. */
export function toPath(text: string): string {
  const path = text === '~' || text.startsWith('~/') ? join(homedir(), text.slice(1)) : resolve(text);
  try {
    return realpathSync(path);
  } catch {
    // Not there: the core says so where it matters.
    return path;
  }
}

/** The project of this folder, or of the nearest folder above it. */
function projectAt(projects: readonly Project[], wanted: string): Project {
  const path = toPath(wanted);
  const above = projects.filter((project) => project.kind === 'folder' && (path === project.path || path.startsWith(project.path + sep)));
  const nearest = above.toSorted((one, other) => other.path.length - one.path.length)[0];
  if (nearest) return nearest;
  throw new AppError('cli/not-found', visible(`${path} is no project, and in none. "forgehold project add ${wanted}" adds it.`), { details: { path } });
}

function only<T>(found: readonly T[], what: string, wanted: string, label: (thing: T) => string): T {
  if (found.length === 1) return found[0]!;
  if (found.length > 1) throw ambiguous(what, wanted, found.map(label));
  throw new AppError('cli/not-found', visible(`"${wanted}" has no ${what}.`), { details: { wanted } });
}

function workspaceLabel({ workspaceId, name }: Workspace): string {
  return `${workspaceId} (${name})`;
}

function terminalLabel({ terminalId, kind, title }: Terminal): string {
  return `${terminalId} (${kind}${title ? `, ${title}` : ''})`;
}

function ambiguous(what: string, wanted: string, candidates: readonly string[]): AppError {
  const shown = candidates
    .slice(0, 12)
    .map((candidate) => `  ${visible(candidate)}`)
    .join('\n');
  const more = candidates.length > 12 ? `\n  and ${candidates.length - 12} more` : '';
  return new AppError('cli/ambiguous', `"${visible(wanted)}" fits ${candidates.length} ${what}s. Name one of them:\n${shown}${more}`, {
    details: { wanted, candidates },
  });
}
