import { z } from 'zod';

/** What may leave: names on the list, everything (logged), nothing; everything for a while, to learn what the list should be. */
export const networkModeSchema = z.enum(['restricted', 'full', 'none', 'learning']);
export type NetworkMode = z.infer<typeof networkModeSchema>;

export const limitsSchema = z.object({
  /** CPUs, fractions allowed. */
  cpus: z.number().min(0.1).max(1024),
  /** MiB. */
  memoryMb: z.int().min(256).max(4_194_304),
  pidsLimit: z.int().min(64).max(4_194_304),
});
export type Limits = z.infer<typeof limitsSchema>;

/** Names of environment variables are POSIX names; values hold no NUL. */
export const environmentSchema = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'An environment variable is named by letters, digits and underscore.'),
  z
    .string()
    .max(32_768)
    .refine((value) => !value.includes('\0'), 'An environment value holds no NUL.'),
);
