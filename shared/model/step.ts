import { z } from 'zod';
import { timeSchema } from './ids.ts';

/** One step of a long piece of work, as the screen lists it. */
export const stepSchema = z.object({
  /** Stable name within its list, for scripts and tests. */
  id: z.string(),
  /** What is done, in the user's words: "Build the agent image". */
  label: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'skipped']),
  /** The latest line worth showing; the cause when failed. */
  detail: z.string().optional(),
  /** 0 to 1, where it can be known. */
  progress: z.number().min(0).max(1).optional(),
  startedAt: timeSchema.optional(),
  endedAt: timeSchema.optional(),
});
export type Step = z.infer<typeof stepSchema>;
