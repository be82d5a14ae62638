import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { AppError, wireErrorSchema } from '../../shared/errors.ts';
import { agentTypeSchema } from '../../shared/model/agent.ts';
import { stepSchema } from '../../shared/model/step.ts';
import { environmentSchema, limitsSchema, networkModeSchema } from '../../shared/model/workspace.ts';
import { type Migration, transaction } from '../lib/database.ts';

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

const bodySchema = z.object({
  agent: agentTypeSchema,
  /** The mode asked for; the wall knows the present one. */
  mode: networkModeSchema,
  limits: limitsSchema,
  environment: environmentSchema,
  options: z.object({ skipPermissions: z.boolean(), model: z.string().optional(), extraArguments: z.array(z.string()) }),
  /** The project's path and name when it was made: they stay as they are in the container. */
  project: z.object({ path: z.string(), name: z.string() }),
  /** When the container that was made ready for its agent had started, as the engine writes it. */
  preparedAt: z.string().optional(),
  /** Stopped because someone asked for it. */
  stopped: z.boolean().optional(),
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
  readonly all: () => readonly WorkspaceRecord[];
  /** With a name given it must be free (`workspace/name-taken`); else `title`, numbered when taken. */
  readonly insert: (record: Omit<WorkspaceRecord, 'name'>, name: string | undefined, title: string) => WorkspaceRecord;
  readonly update: (record: WorkspaceRecord) => void;
  readonly remove: (workspaceId: string) => void;
};

export function createRecords(database: DatabaseSync): Records {
  const selectAll = database.prepare('SELECT * FROM workspace ORDER BY created_at, rowid');
  const selectNames = database.prepare('SELECT name FROM workspace WHERE project_id = ?');
  const insert = database.prepare('INSERT INTO workspace (workspace_id, project_id, name, phase, body, created_at) VALUES (?, ?, ?, ?, ?, ?)');
  const update = database.prepare('UPDATE workspace SET name = ?, phase = ?, body = ? WHERE workspace_id = ?');
  const remove = database.prepare('DELETE FROM workspace WHERE workspace_id = ?');
  return {
    all: () => selectAll.all().map(parse),
    insert: (draft, name, title) =>
      transaction(database, () => {
        const taken = new Set(selectNames.all(draft.projectId).map((row) => row['name'] as string));
        if (name !== undefined && taken.has(name))
          throw new AppError('workspace/name-taken', `This project has a workspace named "${name}". Choose another name.`, { details: { name } });
        const record = { ...draft, name: name ?? chooseName(title, taken) };
        insert.run(record.workspaceId, record.projectId, record.name, record.phase, bodyOf(record), record.createdAt);
        return record;
      }),
    update: (record) => void update.run(record.name, record.phase, bodyOf(record), record.workspaceId),
    remove: (workspaceId) => void remove.run(workspaceId),
  };
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
    ...bodySchema.parse(JSON.parse(row.body)),
    workspaceId: row.workspace_id,
    projectId: row.project_id,
    name: row.name,
    phase: row.phase,
    createdAt: row.created_at,
  };
}
