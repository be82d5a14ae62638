import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../shared/errors.ts';
import type { Folder, Project } from '../../shared/model/project.ts';
import type { Migration } from '../lib/database.ts';
import { browseFolder, resolveProjectPath, type Surroundings } from './project-path.ts';
import { gitEntry, hasEmptyGitDir, readRepository } from './repository.ts';

export const projectsMigration: Migration = {
  name: 'workspaces/1-projects',
  statements: [
    `CREATE TABLE project (
      project_id TEXT PRIMARY KEY,
      path TEXT NOT NULL UNIQUE,
      created_at TEXT NOT NULL,
      used_at TEXT NOT NULL
    ) STRICT`,
  ],
};

export type ProjectsOptions = {
  readonly database: DatabaseSync;
  readonly surroundings: Surroundings;
  /** A project in its new form, or null when it is forgotten. */
  readonly onChange: (projectId: string, project: Project | null) => void;
  /** Removes the project's workspaces; the project is forgotten when it resolves. */
  readonly removeWorkspaces: (projectId: string) => Promise<void>;
};

export type Projects = {
  /** Adds a folder, or answers the project it is already. Throws `project/…` and `git/…`. */
  readonly create: (path: string) => Promise<Project>;
  readonly list: () => Promise<readonly Project[]>;
  /** Throws `project/unknown`. */
  readonly get: (projectId: string) => Promise<Project>;
  readonly remove: (projectId: string) => Promise<void>;
  /** Notes that something was done in it: lists sort by it. */
  readonly touch: (projectId: string) => Promise<void>;
  readonly browse: (path?: string) => Promise<{ path: string; parent: string | null; folders: Folder[] }>;
};

type Row = { readonly project_id: string; readonly path: string; readonly created_at: string; readonly used_at: string };

export function createProjects(options: ProjectsOptions): Projects {
  const { database, surroundings } = options;
  const insert = database.prepare('INSERT INTO project (project_id, path, created_at, used_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
  const update = database.prepare('UPDATE project SET used_at = ? WHERE project_id = ?');
  const remove = database.prepare('DELETE FROM project WHERE project_id = ?');
  const select = database.prepare('SELECT * FROM project WHERE project_id = ?');
  const selectAll = database.prepare('SELECT * FROM project ORDER BY created_at, rowid');

  function find(projectId: string): Row {
    const row = select.get(projectId) as Row | undefined;
    if (!row) throw new AppError('project/unknown', 'There is no such project. It may have been removed.', { details: { projectId } });
    return row;
  }
  async function publish(projectId: string): Promise<Project> {
    const project = await describe(find(projectId));
    options.onChange(projectId, project);
    return project;
  }
  return {
    async create(given) {
      const path = await resolveProjectPath(given, surroundings);
      // A repository that git refuses is refused here, not when the agent waits for its workspace.
      await readRepository(path);
      const now = new Date().toISOString();
      insert.run(projectIdOf(path), path, now, now);
      return publish(projectIdOf(path));
    },
    list: () => Promise.all((selectAll.all() as Row[]).map(describe)),
    get: async (projectId) => describe(find(projectId)),
    async remove(projectId) {
      find(projectId);
      await options.removeWorkspaces(projectId);
      remove.run(projectId);
      options.onChange(projectId, null);
    },
    async touch(projectId) {
      update.run(new Date().toISOString(), projectId);
      await publish(projectId);
    },
    browse: (path) => browseFolder(path ?? surroundings.home),
  };
}

/** 12 hex digits of SHA-256 of the resolved path (design.md section 1). */
export function projectIdOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 12);
}

async function describe(row: Row): Promise<Project> {
  const present = await stat(row.path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  return {
    projectId: row.project_id,
    path: row.path,
    name: basename(row.path),
    git: present && (await isGit(row.path)),
    present,
    createdAt: row.created_at,
    usedAt: row.used_at,
  };
}

/**
 * A repository that broke since, or cannot be looked at, is none for the list; making a workspace says what is wrong with it.
 * Nothing in a project's folder may keep the list, and with it the core's start, from being made.
 */
async function isGit(path: string): Promise<boolean> {
  return (await gitEntry(path).catch(() => 'none')) !== 'none' && !(await hasEmptyGitDir(path).catch(() => true));
}
