import { z } from 'zod';
import { timeSchema, workspaceIdSchema } from './ids.ts';

/** One real attempt from inside the agent container. */
export const attemptSchema = z.object({
  id: z.string(),
  /** What was tried, in words: "TCP to the host at 10.0.0.5:34567". */
  label: z.string(),
  /** What must happen for the wall to stand. */
  expected: z.enum(['blocked', 'allowed']),
  result: z.enum(['passed', 'failed', 'skipped']),
  /** What was seen: "no route to host", "answered: …", why it was skipped. */
  detail: z.string(),
  /** It failed because something was reached that must be out of reach; without it, the way through the gateway does not work as it should. */
  leak: z.literal(true).optional(),
});
export type Attempt = z.infer<typeof attemptSchema>;

export const selfTestReportSchema = z.object({
  workspaceId: workspaceIdSchema,
  passed: z.boolean(),
  startedAt: timeSchema,
  endedAt: timeSchema,
  attempts: z.array(attemptSchema),
  /** It passed, but what must be tried with a control could not be: what, and why. */
  unproven: z.string().optional(),
});
export type SelfTestReport = z.infer<typeof selfTestReportSchema>;
