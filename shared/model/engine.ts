import { z } from 'zod';
import { timeSchema } from './ids.ts';

export const engineStateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('connecting'), endpoint: z.string() }),
  z.object({
    kind: z.literal('connected'),
    endpoint: z.string(),
    version: z.string(),
    apiVersion: z.string(),
    os: z.string(),
    rootless: z.boolean(),
  }),
  /** It heals: the app keeps trying. `reason` says what to do. */
  z.object({ kind: z.literal('unreachable'), endpoint: z.string(), since: timeSchema, reason: z.string() }),
]);
export type EngineState = z.infer<typeof engineStateSchema>;
