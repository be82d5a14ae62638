import { z } from 'zod';
import { projectIdSchema, workspaceIdSchema } from './ids.ts';

/** What takes room, in bytes. */
export const diskUseSchema = z.object({
  /** Of the file system the data folder lies on, and of the one the engine keeps its things on (absent when it is not on this machine). */
  free: z.object({ data: z.int(), engine: z.int().optional() }),
  workspaces: z.array(
    z.object({
      workspaceId: workspaceIdSchema,
      projectId: projectIdSchema,
      /** Writable layer of its containers, its volumes, its home folder, its git dir. Null while it is not known. */
      container: z.int().nullable(),
      volumes: z.int().nullable(),
      home: z.int().nullable(),
      git: z.int().nullable(),
    }),
  ),
  /** Shared by all: images, tools, caches, downloads, logs. */
  shared: z.array(z.object({ id: z.string(), label: z.string(), bytes: z.int() })),
  /** What can go without losing anything of the user's. */
  reclaimable: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      bytes: z.int(),
      /** Why nothing is lost, in a sentence. */
      why: z.string(),
    }),
  ),
});
export type DiskUse = z.infer<typeof diskUseSchema>;
