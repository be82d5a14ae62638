import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../../shared/errors.ts';
import type { ProjectFindings } from '../../../shared/model/project-file.ts';
import type { Project } from '../../../shared/model/project.ts';
import type { Migration } from '../../lib/database.ts';
import { hidesText, readJsonc } from '../../lib/read-jsonc.ts';
import type { Layer } from '../options.ts';
import { lookAtOwnFile } from '../own-file.ts';
import { detectByUrl, detectTools, type Teller } from './detect.ts';
import { understandDevcontainer } from './devcontainer.ts';
import { type Asks, type Rules, type Understood, understandProjectFile } from './understand.ts';

/** What a person writes by hand stays far below. */
const maxBytes = 64 * 1024;

/** The places, the strongest first. Of two devcontainers only the first there is counts, as for every other reader. */
const places = [
  { path: '.forgehold.json', kind: 'forgehold' },
  { path: '.devcontainer/devcontainer.json', kind: 'devcontainer' },
  { path: '.devcontainer.json', kind: 'devcontainer' },
] as const;

export const trustMigration: Migration = {
  name: 'workspaces/5-project-preset',
  statements: [
    // Options that the project's workspaces begin with.
    "ALTER TABLE project ADD COLUMN preset TEXT NOT NULL DEFAULT '{}'",
    // The form of a project's file that the user has seen and let hold.
    `CREATE TABLE project_trust (
      project_id TEXT NOT NULL REFERENCES project (project_id) ON DELETE CASCADE,
      path TEXT NOT NULL,
      hash TEXT NOT NULL,
      PRIMARY KEY (project_id, path)
    ) STRICT`,
  ],
};

type Found = ProjectFindings['files'][number];

/** What in a project's own folder may shape its workspaces. Nothing of it holds before the user has seen it in this very form. */
export type ProjectFiles = {
  readonly findings: (project: Project) => Promise<ProjectFindings>;
  /** Throws `project-file/unknown`, `project-file/changed`, `project-file/broken`. */
  readonly trust: (project: Project, path: string, hash: string | null) => Promise<ProjectFindings>;
  /** Of the files that are trusted as they are now; the strongest first. */
  readonly layers: (project: Project) => Promise<readonly Layer[]>;
  /** Lines to be run once in a new container, of the strongest trusted file that has any. */
  readonly postCreate: (project: Project) => Promise<readonly string[]>;
};

export function createProjectFiles({
  database,
  presets,
  ...rules
}: Rules & { readonly database: DatabaseSync; readonly presets: readonly Teller[] }): ProjectFiles {
  const select = database.prepare('SELECT hash FROM project_trust WHERE project_id = ? AND path = ?');
  const keep = database.prepare('INSERT OR REPLACE INTO project_trust (project_id, path, hash) VALUES (?, ?, ?)');
  const forget = database.prepare('DELETE FROM project_trust WHERE project_id = ? AND path = ?');

  /** Each file is read once: what is hashed is what is parsed, and what is used. */
  async function read(project: Project): Promise<readonly Found[]> {
    if (project.kind !== 'folder' || !project.present) return [];
    const found = await Promise.all(places.map((place) => readPlace(project, place, rules)));
    const present = found.filter((one) => one !== null);
    const kept = present.filter(({ kind }, at) => kind !== 'devcontainer' || present.findIndex((one) => one.kind === kind) === at);
    return kept.map((one) => ({ ...one, trusted: !one.broken && select.get(project.projectId, one.path)?.['hash'] === one.hash }));
  }
  async function trusted(project: Project): Promise<readonly Asks[]> {
    return (await read(project)).flatMap(({ trusted: holds, asks }) => (holds ? [asks] : []));
  }
  async function findings(project: Project): Promise<ProjectFindings> {
    if (project.kind === 'clone') return { files: [], detected: detectByUrl(project.url ?? '', presets) };
    const [files, detected] = await Promise.all([read(project), project.present ? detectTools(project.path, presets) : []]);
    return { files: [...files], detected };
  }
  return {
    findings,
    async trust(project, path, hash) {
      if (!places.some((place) => place.path === path))
        throw new AppError('project-file/unknown', `${path} is no file that shapes workspaces.`, { details: { path } });
      if (hash === null) forget.run(project.projectId, path);
      else {
        const file = (await read(project)).find((one) => one.path === path);
        if (file === undefined || file.hash !== hash)
          throw new AppError('project-file/changed', `${path} is not what you were shown: it has changed since. Look at it again.`, { details: { path } });
        if (file.broken) throw new AppError('project-file/broken', `${path} cannot be used: ${file.notes[0] ?? ''}`, { details: { path } });
        keep.run(project.projectId, path, hash);
      }
      return findings(project);
    },
    layers: async (project) => (await trusted(project)).map(({ options }) => ({ source: 'project-file', options })),
    postCreate: async (project) => (await trusted(project)).find(({ postCreate }) => postCreate !== undefined)?.postCreate ?? [],
  };
}

async function readPlace(project: Project, { path, kind }: (typeof places)[number], rules: Rules): Promise<Found | null> {
  const looked = await lookAtOwnFile(project.path, path, maxBytes);
  if (looked.kind === 'absent') return null;
  const nothing = { path, kind, trusted: false, asks: { options: {} }, broken: true };
  if (looked.kind === 'refused') {
    const size = looked.why === 'too large' ? ` (more than ${maxBytes / 1024} KiB)` : '';
    return { ...nothing, hash: '', notes: [`It is not read: it is ${looked.why}${size}.`] };
  }
  const hash = createHash('sha256').update(looked.content).digest('hex');
  const understood = understand(looked.content, kind, project.path, rules);
  if ('problem' in understood) return { ...nothing, hash, notes: [understood.problem] };
  if (hidesText(understood.asks)) return { ...nothing, hash, notes: ['It holds characters that cannot be seen, so that it may read otherwise than it is.'] };
  return { path, kind, hash, trusted: false, asks: understood.asks, notes: [...understood.notes], broken: false };
}

function understand(content: Uint8Array, kind: Found['kind'], project: string, rules: Rules): Understood {
  const parsed = readJsonc(content);
  if ('problem' in parsed) return parsed;
  return kind === 'forgehold' ? understandProjectFile(parsed.value, rules) : understandDevcontainer(parsed.value, project, rules);
}
