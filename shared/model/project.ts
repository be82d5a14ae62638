import { z } from 'zod';
import { projectIdSchema, timeSchema } from './ids.ts';
import { workspaceOptionsSchema } from './options.ts';

export const projectSchema = z.object({
  projectId: projectIdSchema,
  /** A folder of the host, or a repository that is cloned inside the wall. */
  kind: z.enum(['folder', 'clone']),
  /** Of a folder: absolute, symlink-resolved path on the host. Of a clone: where it lies in the container. */
  path: z.string(),
  /** Of a clone: where it comes from, normalised, without credentials. */
  url: z.string().optional(),
  /** Of a clone: whether its volume stays until the workspace is removed, or goes when the workspace stops. */
  keep: z.enum(['named', 'temporary']).optional(),
  /** What it is shown as; by default the last part of its path or URL. */
  name: z.string(),
  /** The engine its workspaces run on: an `engineId`. */
  engine: z.string(),
  /** Options its workspaces begin with: the layer above the installation's defaults. */
  preset: workspaceOptionsSchema,
  /** Whether the folder is the root of a git work tree. Without git it has the one worktree `main`. */
  git: z.boolean(),
  /** False while the folder cannot be found on the host; a clone is always there. */
  present: z.boolean(),
  createdAt: timeSchema,
  usedAt: timeSchema,
});
export type Project = z.infer<typeof projectSchema>;

/** A folder of the host, for the folder picker. */
export const folderSchema = z.object({ name: z.string(), path: z.string(), git: z.boolean() });
export type Folder = z.infer<typeof folderSchema>;
