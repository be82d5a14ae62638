import { z } from 'zod';
import { environmentSchema, limitsSchema, networkModeSchema } from './workspace-parts.ts';

const absolutePath = z
  .string()
  .max(4096)
  .regex(/^\/[^\0\n\r]*$/, 'Give a whole path, beginning with "/", without line breaks.');

export const mountSchema = z.strictObject({
  /** Folder or file of the host, as the user wrote it; links are followed anew at each start. */
  source: absolutePath,
  /** Where it lies in the container; absent: at the same path. */
  target: absolutePath.optional(),
  readOnly: z.boolean().default(true),
  /** For a sensitive folder only: its resolved path, typed again by the user. Without it such a mount is refused (`mount/needs-confirmation`). */
  confirmed: z.string().max(4096).optional(),
});
export type MountOption = z.infer<typeof mountSchema>;

/** A network of the engine that the user made; it must be internal and leave the host out of reach (`docs/network.md`). */
export const extraNetworkSchema = z.strictObject({
  name: z
    .string()
    .max(128)
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 'A network is named by letters, digits, dot, dash and underscore.'),
  aliases: z
    .array(
      z
        .string()
        .max(63)
        .regex(/^[a-zA-Z0-9][a-zA-Z0-9-]*$/, 'An alias holds letters, digits and dashes.'),
    )
    .max(16)
    .default([]),
});
export type ExtraNetwork = z.infer<typeof extraNetworkSchema>;

/**
 * What a user may decide of a workspace. Every field may be absent: then the next layer decides. From the strongest to the weakest:
 * what was asked for this workspace, the project's file (once seen), the project's preset, the installation's defaults, Forgehold.
 * A layer's list or record replaces that of a weaker one as a whole; `env` is merged by name.
 */
export const workspaceOptionsSchema = z.strictObject({
  mode: networkModeSchema.optional(),
  /** Variables of the agent container. A known API key in here goes to the vault instead, and is in no layer that is written down. */
  env: environmentSchema.optional(),
  cpus: limitsSchema.shape.cpus.optional(),
  memoryMb: limitsSchema.shape.memoryMb.optional(),
  pidsLimit: limitsSchema.shape.pidsLimit.optional(),
  /** Reference of an own image (`name:tag` or with a digest); absent or empty: Forgehold's. */
  image: z
    .string()
    .max(512)
    .regex(/^(?:[a-zA-Z0-9][\w.:/@+-]*)?$/, 'An image is named like "name:tag".')
    .optional(),
  /** A program to run beside the agent from the container's start, as argv; the container lives as long as it does. Absent or empty: none. */
  command: z.array(z.string().max(4096)).max(64).optional(),
  mounts: z.array(mountSchema).max(64).optional(),
  /** Shared package caches, by the names of `resources/presets/caches.json`. */
  caches: z
    .array(
      z
        .string()
        .max(32)
        .regex(/^[a-z0-9-]+$/),
    )
    .max(32)
    .optional(),
  /** Supplementary groups: names of the image's, or ids. */
  groups: z
    .array(
      z
        .string()
        .max(32)
        .regex(/^(?:[a-z_][a-z0-9_-]*|\d{1,10})$/, 'A group is a name or an id.'),
    )
    .max(32)
    .optional(),
  networks: z.array(extraNetworkSchema).max(8).optional(),
  /** Where terminals begin in the container; absent or empty: the project's folder. */
  workingFolder: z.union([absolutePath, z.literal('')]).optional(),
  /** Labels of the container, for the user's own tools. Those of Forgehold and of the engine are refused. */
  labels: z
    .record(
      z
        .string()
        .max(128)
        .regex(/^[a-z0-9][a-z0-9._/-]*$/, 'A label is named by lower-case letters, digits, dot, dash and slash.'),
      z.string().max(4096),
    )
    .optional(),
  /** Lets the user (not the agent) install system packages, as root and through the wall. */
  systemPackages: z.boolean().optional(),
  /** Exact version of the agent's CLI; absent or empty: the one this release was tested with. */
  agentVersion: z
    .string()
    .max(64)
    .regex(/^[0-9A-Za-z.+-]*$/)
    .optional(),
  /** Starts the agent without its own permission prompts: the container is the fence. */
  skipPermissions: z.boolean().optional(),
  model: z.string().max(200).optional(),
  extraArguments: z.array(z.string().max(4096)).max(64).optional(),
  /** Domains allowed from the start, besides those of the agent. */
  domains: z.array(z.string().min(1).max(512)).max(256).optional(),
});
export type WorkspaceOptions = z.infer<typeof workspaceOptionsSchema>;
export type OptionName = keyof WorkspaceOptions;

/** An edit: a value decides, null leaves it to the weaker layers again, absent keeps what is. */
export const optionChangesSchema = z.strictObject(
  Object.fromEntries(Object.entries(workspaceOptionsSchema.shape).map(([name, schema]) => [name, schema.unwrap().nullable().optional()])) as {
    [K in OptionName]-?: z.ZodOptional<z.ZodNullable<ReturnType<(typeof workspaceOptionsSchema.shape)[K]['unwrap']>>>;
  },
);
export type OptionChanges = z.infer<typeof optionChangesSchema>;

/** Who decided an option. */
export const optionSourceSchema = z.enum(['workspace', 'project-file', 'project', 'installation', 'built-in']);
export type OptionSource = z.infer<typeof optionSourceSchema>;

export const optionNameSchema = workspaceOptionsSchema.keyof();

/** Options with every layer laid over the other, and which of them each comes from. */
export const resolvedOptionsSchema = z.object({
  options: workspaceOptionsSchema,
  sources: z.partialRecord(optionNameSchema, optionSourceSchema),
});
export type ResolvedOptions = z.infer<typeof resolvedOptionsSchema>;

/** What an edit would do. */
export const editPlanSchema = z.object({
  /** Take effect at once, or with the agent's next start. */
  live: z.array(optionNameSchema),
  /** Take effect when the workspace is recreated. */
  recreate: z.array(optionNameSchema),
});
export type EditPlan = z.infer<typeof editPlanSchema>;
