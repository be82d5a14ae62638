import { z } from 'zod';
import { workspaceIdSchema } from './ids.ts';

/** What a removal takes away and what it leaves, to be seen before. */
export const removalSchema = z.object({
  workspaces: z.array(
    z.object({
      workspaceId: workspaceIdSchema,
      name: z.string(),
      containers: z.array(z.string()),
      networks: z.array(z.string()),
      volumes: z.array(z.string()),
      /** Host folders of the workspace's own, with their size in bytes where it was quick to find. */
      folders: z.array(z.object({ path: z.string(), bytes: z.int().optional() })),
      /** Agent terminals whose program runs now. */
      runningTerminals: z.int(),
    }),
  ),
  /** Work that lies in what goes and nowhere else. Removing needs `discard` then. */
  work: z.array(
    z.object({
      workspaceId: workspaceIdSchema,
      /** A branch with commits that no remote (or, for a folder, the user's repository) has, or a worktree with changes that are not committed or put aside. */
      kind: z.enum(['unpushed', 'uncommitted', 'stashed', 'unknown']),
      worktree: z.string(),
      branch: z.string().optional(),
      /** Newest first, at most 20: short id and subject. Untrusted text. */
      commits: z.array(z.object({ id: z.string(), subject: z.string() })).optional(),
      /** Changed files, at most 20. Untrusted text. */
      files: z.array(z.string()).optional(),
      /** For `unknown`: why it could not be looked at. */
      reason: z.string().optional(),
    }),
  ),
  /** What stays: the project's folder, kept volumes. */
  keeps: z.array(z.string()),
});
export type Removal = z.infer<typeof removalSchema>;
