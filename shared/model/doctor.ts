import { z } from 'zod';

/** One thing Forgehold needs, and how it stands. */
export const checkSchema = z.object({
  /** Stable, for scripts: `engine`, `disk`, `keychain`, … */
  id: z.string(),
  group: z.enum(['engine', 'computer', 'agents', 'forgehold']),
  title: z.string(),
  /** `bad` keeps workspaces from working, `warn` can wait, `waiting` needs another check to pass first. */
  state: z.enum(['ok', 'warn', 'bad', 'waiting']),
  /** What was found, in a few words: "29.1, 6.1 of 16 GB". */
  found: z.string(),
  /** For what is not ok: cause, effect, what to do. */
  why: z.string().optional(),
  /** Facts for a report, without secrets: what was tried, what it answered. */
  facts: z.record(z.string(), z.string()).optional(),
  /** What `doctor.fix` does about it. `command`: what a person may run instead. */
  fix: z.object({ id: z.string(), label: z.string(), command: z.string().optional() }).optional(),
});
export type Check = z.infer<typeof checkSchema>;
