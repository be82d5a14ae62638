import { z } from 'zod';
import { agentTypeSchema } from './agent.ts';
import { workspaceOptionsSchema } from './options.ts';
import { networkModeSchema } from './workspace-parts.ts';

/** Options that a file may ask for. `extraArguments` could say what `skipPermissions` says. */
export const fileOptionsSchema = workspaceOptionsSchema.omit({ labels: true, mounts: true, skipPermissions: true, extraArguments: true }).extend({
  mode: networkModeSchema
    .exclude(['learning'], 'A file may ask for restricted, full or none. Learning lets every name out, and is begun by the user alone.')
    .optional(),
});

/**
 * `.forgehold.json` in the project's root: what the project asks for. Nothing in it holds before the user has seen it in this very form.
 * Host folders, labels, and what would take the agent's prompts away are not for a file that anyone may commit.
 */
export const projectFileSchema = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1),
  /** The agent a new workspace has. */
  agent: agentTypeSchema.optional(),
  options: fileOptionsSchema.optional(),
  /** Run once in the container after it was made, inside the wall, in the project's folder: argv or a shell line. */
  postCreate: z.union([z.string().max(4096), z.array(z.string().max(4096)).max(64)]).optional(),
});

/** What was found in a project's folder that may shape a workspace. */
export const projectFindingsSchema = z.object({
  files: z.array(
    z.object({
      /** Relative to the project: `.forgehold.json`, `.devcontainer/devcontainer.json`. */
      path: z.string(),
      kind: z.enum(['forgehold', 'devcontainer']),
      /** SHA-256 of the content, hex: what `projects.trust` names. Empty when the file cannot be read. */
      hash: z.string(),
      trusted: z.boolean(),
      /** What it asks for, as far as it maps. */
      asks: z.object({ agent: agentTypeSchema.optional(), options: workspaceOptionsSchema, postCreate: z.array(z.string()).optional() }),
      /** What it asks for and does not get, or why it cannot be read: a sentence each. */
      notes: z.array(z.string()),
      /** It cannot be used at all. */
      broken: z.boolean(),
    }),
  ),
  /** Tools the folder seems to use, each with domains it needs (ids of `resources/presets/domains.json`). */
  detected: z.array(z.object({ preset: z.string(), title: z.string(), because: z.string(), domains: z.array(z.string()) })),
});
export type ProjectFindings = z.infer<typeof projectFindingsSchema>;
