import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { AppError, wireErrorSchema } from '../../shared/errors.ts';
import { agentTypeSchema } from '../../shared/model/agent.ts';
import { workspaceOptionsSchema } from '../../shared/model/options.ts';
import { stepSchema } from '../../shared/model/step.ts';
import { limitsSchema } from '../../shared/model/workspace-parts.ts';
import { type Migration, transaction } from '../lib/database.ts';
import { builtInOptions, completeOptionsSchema } from './options.ts';

export const workspacesMigration: Migration = {
  name: 'workspaces/2-workspaces',
  statements: [
    `CREATE TABLE workspace (
      workspace_id TEXT PRIMARY KEY,
      project_id TEXT NOT NULL REFERENCES project (project_id),
      name TEXT NOT NULL,
      phase TEXT NOT NULL,
      body TEXT NOT NULL,
      created_at TEXT NOT NULL,
      UNIQUE (project_id, name)
    ) STRICT`,
  ],
};

/** One container takes the place of another (`swap.ts`): written down before it begins, taken back when it is over. */
const swapSchema = z.object({
  oldId: z.string(),
  /** What the old one was, and is again when this is undone. */
  before: z.enum(['running', 'stopped']),
  /** What the new one shall be when this is done. */
  after: z.enum(['running', 'stopped']),
  /** The point of no return: the new one has its wall and is set up. */
  proven: z.boolean(),
});
export type Swap = z.infer<typeof swapSchema>;

const bodySchema = z.object({
  agent: agentTypeSchema,
  /** What was asked for this workspace: its own layer, without API keys. Its mode is the one asked for; the wall knows the present one. */
  asked: workspaceOptionsSchema,
  /** What its container was made from, and what live changes have made of that. */
  effective: completeOptionsSchema,
  /** The project's path and name when it was made: they stay as they are in the container. */
  project: z.object({
    path: z.string(),
    name: z.string(),
    /** Its files are a clone in a volume, not a folder of the host. */
    clone: z.object({ url: z.string(), keep: z.enum(['named', 'temporary']) }).optional(),
  }),
  /** Where the sources of its mounts led when its container was made. */
  mountSources: z
    .array(z.object({ source: z.string(), resolved: z.string() }).readonly())
    .readonly()
    .optional(),
  /** Lines that the project's trusted file wants run once in a new container, and what came of them when they failed. */
  postCreate: z.array(z.string()).optional(),
  warning: z.string().optional(),
  /** When the container that was made ready for its agent had started, as the engine writes it. */
  preparedAt: z.string().optional(),
  /** A key of its was set or forgotten while nothing could be run in it. */
  owesKeys: z.boolean().optional(),
  /** Stopped because someone asked for it. */
  stopped: z.boolean().optional(),
  swap: swapSchema.optional(),
  failure: z.object({ error: wireErrorSchema, steps: z.array(stepSchema) }).optional(),
});

/** `creating` and `removing` that no running core works on are left over from one that died. */
const phaseSchema = z.enum(['creating', 'ready', 'failed', 'removing']);
export type Phase = z.infer<typeof phaseSchema>;

export type WorkspaceRecord = z.infer<typeof bodySchema> & {
  readonly workspaceId: string;
  readonly projectId: string;
  readonly name: string;
  readonly phase: Phase;
  readonly createdAt: string;
};

const rowSchema = z.object({
  workspace_id: z.string(),
  project_id: z.string(),
  name: z.string(),
  phase: phaseSchema,
  body: z.string(),
  created_at: z.string(),
});

/** What is known of the workspaces besides what the engine has. */
export type Records = {
  /** Of the engines asked for. */
  readonly all: () => readonly WorkspaceRecord[];
  /** Whether there is such a workspace, on whatever engine. */
  readonly isKnown: (workspaceId: string) => boolean;
  /** With a name given it must be free (`workspace/name-taken`); else `title`, numbered when taken. */
  readonly insert: (record: Omit<WorkspaceRecord, 'name'>, name: string | undefined, title: string) => WorkspaceRecord;
  /** Writes its name, which must be free among the others of its project: `workspace/name-taken`. */
  readonly rename: (record: WorkspaceRecord) => void;
  readonly update: (record: WorkspaceRecord) => void;
  readonly remove: (workspaceId: string) => void;
};

/** @param owns Which engines' workspaces are seen; by default all. */
export function createRecords(database: DatabaseSync, owns: (engineId: string) => boolean = () => true): Records {
  const selectAll = database.prepare(
    'SELECT workspace.*, project.engine FROM workspace JOIN project USING (project_id) ORDER BY workspace.created_at, workspace.rowid',
  );
  const selectOne = database.prepare('SELECT 1 FROM workspace WHERE workspace_id = ?');
  const selectNames = database.prepare('SELECT name FROM workspace WHERE project_id = ? AND workspace_id <> ?');
  const insert = database.prepare('INSERT INTO workspace (workspace_id, project_id, name, phase, body, created_at) VALUES (?, ?, ?, ?, ?, ?)');
  const update = database.prepare('UPDATE workspace SET name = ?, phase = ?, body = ? WHERE workspace_id = ?');
  const remove = database.prepare('DELETE FROM workspace WHERE workspace_id = ?');
  /** Names of the project's other workspaces. */
  function namesBeside({ projectId, workspaceId }: Pick<WorkspaceRecord, 'projectId' | 'workspaceId'>): ReadonlySet<string> {
    return new Set(selectNames.all(projectId, workspaceId).map((row) => row['name'] as string));
  }
  return {
    all: () =>
      selectAll
        .all()
        .filter((row) => owns(row['engine'] as string))
        .map(parse),
    isKnown: (workspaceId) => selectOne.get(workspaceId) !== undefined,
    insert: (draft, name, title) =>
      transaction(database, () => {
        const taken = namesBeside(draft);
        if (name !== undefined) refuseTaken(name, taken);
        const record = { ...draft, name: name ?? chooseName(title, taken) };
        insert.run(record.workspaceId, record.projectId, record.name, record.phase, bodyOf(record), record.createdAt);
        return record;
      }),
    rename: (record) =>
      transaction(database, () => {
        refuseTaken(record.name, namesBeside(record));
        update.run(record.name, record.phase, bodyOf(record), record.workspaceId);
      }),
    update: (record) => void update.run(record.name, record.phase, bodyOf(record), record.workspaceId),
    remove: (workspaceId) => void remove.run(workspaceId),
  };
}

function refuseTaken(name: string, taken: ReadonlySet<string>): void {
  if (taken.has(name)) throw new AppError('workspace/name-taken', `This project has a workspace named "${name}". Choose another name.`, { details: { name } });
}

export function chooseName(title: string, taken: ReadonlySet<string>): string {
  if (!taken.has(title)) return title;
  for (let number = 2; ; number += 1) if (!taken.has(`${title} ${number}`)) return `${title} ${number}`;
}

function bodyOf(record: WorkspaceRecord): string {
  return JSON.stringify(bodySchema.parse(record));
}

function parse(raw: unknown): WorkspaceRecord {
  const row = rowSchema.parse(raw);
  return {
    ...bodySchema.parse(upgradeBody(JSON.parse(row.body))),
    workspaceId: row.workspace_id,
    projectId: row.project_id,
    name: row.name,
    phase: row.phase,
    createdAt: row.created_at,
  };
}

/** What every release before this one wrote, in today's form. */
const firstFormSchema = z.looseObject({
  mode: z.unknown(),
  limits: limitsSchema,
  environment: z.unknown(),
  options: z.object({ skipPermissions: z.boolean(), model: z.string().optional(), extraArguments: z.array(z.string()) }),
});
const limitsOnly = z.object({ effective: z.looseObject(limitsSchema.shape) });

/** A body of the first release decided all it knew by itself. One of a later release may lack options that came since: they are as they were without them. */
function upgradeBody(body: unknown): unknown {
  const first = firstFormSchema.safeParse(body);
  if (first.success) {
    const { mode, limits, environment, options, ...rest } = first.data;
    const { model, ...others } = options;
    const asked = { mode, ...limits, env: environment, ...others, ...(model === undefined ? {} : { model }) };
    return { ...rest, asked, effective: { ...builtInOptions(limits), ...asked } };
  }
  const { effective } = limitsOnly.parse(body);
  return { ...(body as object), effective: { ...builtInOptions(limitsSchema.parse(effective)), ...effective } };
}
