import { z } from 'zod';

/** First 12 hex digits of the SHA-256 of the project's symlink-resolved absolute path. */
export const projectIdSchema = z.string().regex(/^[0-9a-f]{12}$/, 'A project id is 12 lower-case hex digits.');

/** Random, 8 hex digits; part of Docker names. */
export const workspaceIdSchema = z.string().regex(/^[0-9a-f]{8}$/, 'A workspace id is 8 lower-case hex digits.');

/** Random, 12 hex digits; kept by tmux as a user option of the pane, so it survives the app. */
export const terminalIdSchema = z.string().regex(/^[0-9a-f]{12}$/, 'A terminal id is 12 lower-case hex digits.');

/** The name of a worktree: `main` is the project's root. `..` is refused, since the name becomes a folder and a branch. */
export const worktreeNameSchema = z
  .string()
  .max(100)
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/, 'A worktree name begins with a letter or digit, then letters, digits, dot, dash or underscore.')
  .refine(
    (name) => !name.includes('..') && !name.endsWith('.') && !name.endsWith('.lock'),
    'A worktree name can hold no "..", and does not end in "." or ".lock".',
  );

/** UTC, ISO 8601. */
export const timeSchema = z.iso.datetime();

/** Absolute path of the host. A NUL would cut it short in the kernel. */
export const hostPathSchema = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => !path.includes('\0'), 'A path holds no NUL.');
