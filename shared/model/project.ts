import { z } from 'zod';
import { projectIdSchema, timeSchema } from './ids.ts';

export const projectSchema = z.object({
  projectId: projectIdSchema,
  /** Absolute, symlink-resolved path of the folder on the host. */
  path: z.string(),
  /** The folder's last part. */
  name: z.string(),
  /** Whether the folder is the root of a git work tree. Without git it has the one worktree `main`. */
  git: z.boolean(),
  /** False while the folder cannot be found on the host. */
  present: z.boolean(),
  createdAt: timeSchema,
  usedAt: timeSchema,
});
export type Project = z.infer<typeof projectSchema>;

/** A folder of the host, for the folder picker. */
export const folderSchema = z.object({ name: z.string(), path: z.string(), git: z.boolean() });
export type Folder = z.infer<typeof folderSchema>;
