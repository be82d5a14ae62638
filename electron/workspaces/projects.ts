import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { folderNameOf, readCloneUrl } from '../../shared/clone-url.ts';
import { AppError } from '../../shared/errors.ts';
import { type OptionChanges, type WorkspaceOptions, workspaceOptionsSchema } from '../../shared/model/options.ts';
import type { Folder, Project } from '../../shared/model/project.ts';
import { containerPaths } from '../engine/names.ts';
import type { Migration } from '../lib/database.ts';
import { applyChanges } from './options.ts';
import { browseFolder, resolveProjectPath, type Surroundings } from './project-path.ts';
import type { RemoveOptions } from './removals.ts';
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

/** The engine its workspaces run on; `default` until the user chooses another. */
export const projectEngineMigration: Migration = {
  name: 'workspaces/3-project-engine',
  statements: ["ALTER TABLE project ADD COLUMN engine TEXT NOT NULL DEFAULT 'default'"],
};

/** Rows from before are folders. A clone's `path`, which must be unique, is what its URL comes down to; where it lies in a container follows from its name. */
export const clonesMigration: Migration = {
  name: 'workspaces/4-clones',
  statements: [
    "ALTER TABLE project ADD COLUMN kind TEXT NOT NULL DEFAULT 'folder'",
    'ALTER TABLE project ADD COLUMN url TEXT',
    'ALTER TABLE project ADD COLUMN keep TEXT',
    'ALTER TABLE project ADD COLUMN name TEXT',
  ],
};

export type ProjectsOptions = {
  readonly database: DatabaseSync;
  readonly surroundings: Surroundings;
  /** A project in its new form, or null when it is forgotten. */
  readonly onChange: (projectId: string, project: Project | null) => void;
  /** Whether a project may name this engine. */
  readonly knowsEngine: (engineId: string) => Promise<boolean>;
  /** Removes the project's workspaces, or refuses because work in them lies nowhere else; the project is forgotten when it resolves. */
  readonly hasWorkspaces: (projectId: string) => boolean;
  /** Throws for variables that hold an agent's key: a preset is written down. */
  readonly refuseKeys: (env: Readonly<Record<string, string>>) => void;
  readonly removeWorkspaces: (projectId: string, options: RemoveOptions) => Promise<void>;
};

export type Projects = {
  /** Adds a folder, or answers the project it is already. Throws `project/…` and `git/…`. */
  readonly create: (path: string) => Promise<Project>;
  /** Adds a repository by its URL, or answers the project it is already. The server is not asked. Throws `project/…-url`, `project/credentials-in-url`, `engine/unknown`. */
  readonly clone: (request: CloneRequest) => Promise<Project>;
  readonly list: () => Promise<readonly Project[]>;
  /** The engines that projects name, each once. */
  readonly engines: () => readonly string[];
  /** Null for a project that is not known. */
  readonly engineOf: (projectId: string) => string | null;
  /** Throws `project/unknown`. */
  readonly get: (projectId: string) => Promise<Project>;
  /** Throws `workspace/unpushed-work` unless work that lies nowhere else may be lost. */
  readonly remove: (projectId: string, options?: RemoveOptions) => Promise<void>;
  /**
   * Changes what is given. The engine is one that there is; it stays while the project has workspaces (`project/has-workspaces`).
   * Throws `workspace/key-in-layer` for a preset that holds an API key.
   */
  readonly edit: (projectId: string, changes: ProjectChanges) => Promise<Project>;
  /** Notes that something was done in it: lists sort by it. */
  readonly touch: (projectId: string) => Promise<void>;
  readonly browse: (path?: string) => Promise<{ path: string; parent: string | null; folders: Folder[] }>;
};

export type ProjectChanges = { readonly name?: string | undefined; readonly engine?: string | undefined; readonly preset?: OptionChanges | undefined };

type Keep = 'named' | 'temporary';

export type CloneRequest = { readonly url: string; readonly keep: Keep; readonly engine?: string | undefined };

type Row = {
  readonly project_id: string;
  readonly kind: Project['kind'];
  readonly path: string;
  readonly url: string | null;
  readonly keep: Keep | null;
  readonly name: string | null;
  readonly engine: string;
  readonly preset: string;
  readonly created_at: string;
  readonly used_at: string;
};

function prepareStatements(database: DatabaseSync) {
  const insert = database.prepare('INSERT INTO project (project_id, path, created_at, used_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
  const update = database.prepare('UPDATE project SET used_at = ? WHERE project_id = ?');
  const updateAll = database.prepare('UPDATE project SET name = ?, engine = ?, preset = ? WHERE project_id = ?');
  const remove = database.prepare('DELETE FROM project WHERE project_id = ?');
  const select = database.prepare('SELECT * FROM project WHERE project_id = ?');
  const selectEngines = database.prepare('SELECT DISTINCT engine FROM project ORDER BY engine');
  const selectAll = database.prepare('SELECT * FROM project ORDER BY created_at, rowid');
  return { insert, update, updateAll, remove, select, selectEngines, selectAll };
}

export function createProjects(options: ProjectsOptions): Projects {
  const { database, surroundings } = options;
  const { insert, update, updateAll, remove, select, selectEngines, selectAll } = prepareStatements(database);

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
    clone: async (request) => publish(await addClone(options, request)),
    list: () => Promise.all((selectAll.all() as Row[]).map(describe)),
    engines: () => selectEngines.all().map((row) => row['engine'] as string),
    engineOf: (projectId) => (select.get(projectId) as Row | undefined)?.engine ?? null,
    get: async (projectId) => describe(find(projectId)),
    async remove(projectId, how = { discard: false }) {
      find(projectId);
      await options.removeWorkspaces(projectId, how);
      remove.run(projectId);
      options.onChange(projectId, null);
    },
    edit(projectId, changes) {
      const { name, engine, preset } = changeRow(find(projectId), changes, options);
      updateAll.run(name, engine, preset, projectId);
      return publish(projectId);
    },
    async touch(projectId) {
      update.run(new Date().toISOString(), projectId);
      await publish(projectId);
    },
    browse: (path) => browseFolder(path ?? surroundings.home),
  };
}

function changeRow(
  row: Row,
  { name, engine, preset }: ProjectChanges,
  { hasWorkspaces, refuseKeys }: ProjectsOptions,
): Pick<Row, 'name' | 'engine' | 'preset'> {
  if (engine !== undefined && engine !== row.engine && hasWorkspaces(row.project_id))
    throw new AppError('project/has-workspaces', 'The engine of a project can be changed while it has no workspace. Remove its workspaces first.', {
      details: { projectId: row.project_id },
    });
  const next = applyChanges(presetOf(row), preset ?? {});
  refuseKeys(next.env ?? {});
  return { name: name ?? row.name, engine: engine ?? row.engine, preset: JSON.stringify(next) };
}

function presetOf({ preset }: Row): WorkspaceOptions {
  return workspaceOptionsSchema.parse(JSON.parse(preset));
}

/** Answers its id, whether it is new or not. */
async function addClone({ database, knowsEngine }: ProjectsOptions, request: CloneRequest): Promise<string> {
  const source = readCloneUrl(request.url);
  if (source.kind === 'refused')
    throw new AppError(source.code, source.message, source.suggestion === undefined ? {} : { details: { suggestion: source.suggestion } });
  const { identity, url, name } = source;
  const { keep, engine = 'default' } = request;
  if (engine !== 'default' && !(await knowsEngine(engine)))
    throw new AppError('engine/unknown', `No engine is named "${engine}". Add it to the engines in the settings, or choose another.`, { details: { engine } });
  const now = new Date().toISOString();
  database
    .prepare(
      "INSERT INTO project (project_id, kind, path, url, keep, name, engine, created_at, used_at) VALUES (?, 'clone', ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .run(projectIdOf(identity), identity, url, keep, name, engine, now, now);
  return projectIdOf(identity);
}

/** 12 hex digits of SHA-256 of the resolved path, or of the normalised URL (design.md section 1). */
export function projectIdOf(pathOrUrl: string): string {
  return createHash('sha256').update(pathOrUrl).digest('hex').slice(0, 12);
}

async function describe(row: Row): Promise<Project> {
  const { project_id: projectId, engine, created_at: createdAt, used_at: usedAt } = row;
  const common = { projectId, engine, preset: presetOf(row), createdAt, usedAt };
  return row.kind === 'clone' ? { ...common, ...describeClone(row) } : { ...common, ...(await describeFolder(row)) };
}

/** Nothing of it is on the host: it is always there. */
function describeClone({ path, url, keep, name }: Row): Pick<Project, 'kind' | 'path' | 'url' | 'keep' | 'name' | 'git' | 'present'> {
  const shown = name ?? basename(path);
  const lasting = { url: url ?? path, keep: keep ?? 'named' };
  return {
    kind: 'clone',
    path: `${containerPaths.clones}/${folderNameOf(basename(decodeURIComponent(path)))}`,
    ...lasting,
    name: shown,
    git: true,
    present: true,
  };
}

async function describeFolder(row: Row): Promise<Pick<Project, 'kind' | 'path' | 'name' | 'git' | 'present'>> {
  const present = await stat(row.path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  return { kind: 'folder', path: row.path, name: row.name ?? basename(row.path), git: present && (await isGit(row.path)), present };
}

/**
 * A repository that broke since, or cannot be looked at, is none for the list; making a workspace says what is wrong with it.
 * Nothing in a project's folder may keep the list, and with it the core's start, from being made.
 */
async function isGit(path: string): Promise<boolean> {
  return (await gitEntry(path).catch(() => 'none')) !== 'none' && !(await hasEmptyGitDir(path).catch(() => true));
}
