import { z } from 'zod';
import { agentTypeSchema } from './agent.ts';

const argument = z.string().max(4096);

/**
 * An agent type that the user adds as data. Its program comes from an npm package of the platform (downloaded, integrity checked, never run by
 * the host) or lies in the image already. Arguments may hold `{model}` and `{session}`; one that holds an unknown value is left out whole.
 */
export const agentDefinitionSchema = z.strictObject({
  agent: agentTypeSchema,
  title: z.string().trim().min(1).max(64),
  program: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('npm'),
      package: z
        .string()
        .max(214)
        .regex(/^(?:@[a-z0-9._-]+\/)?[a-z0-9._-]+$/, 'Give the name of an npm package.'),
      version: z
        .string()
        .max(64)
        .regex(/^[0-9A-Za-z.+-]+$/, 'Give one exact version.'),
      /** Path of the program in the package; a `.js`, `.mjs` or `.cjs` file is run by Node. */
      executable: z.string().max(512),
    }),
    /** Found on the `PATH` of the workspace's image. */
    z.strictObject({ kind: z.literal('image'), executable: z.string().max(512) }),
  ]),
  /** Arguments of every start, of going on with the folder's last session, of a fork of it, and of a start without permission prompts. */
  arguments: z.strictObject({
    always: z.array(argument).max(64).default([]),
    resume: z.array(argument).max(64).default([]),
    fork: z.array(argument).max(64).default([]),
    skipPermissions: z.array(argument).max(64).default([]),
    model: z.array(argument).max(64).default([]),
  }),
  /** Variables its key is known by; the first is shown. */
  keyNames: z
    .array(
      z
        .string()
        .max(128)
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/),
    )
    .max(8)
    .default([]),
  domains: z.array(z.string().min(1).max(512)).max(64).default([]),
  environment: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().max(32_768)).default({}),
  /** Folder below the user's home whose named files and folders the agent sees as read-only copies: `{folder: ".aider", names: ["conventions.md"]}`. */
  userFiles: z.strictObject({ folder: z.string().max(256), names: z.array(z.string().max(256)).max(32) }).optional(),
});
export type AgentDefinitionData = z.infer<typeof agentDefinitionSchema>;

/** What an agent gets of the user's own files on the host. */
export const agentImportsSchema = z.object({
  /** Relative to the agent's folder. `copied`: a copy per workspace that the agent may change; else read-only. */
  visible: z.array(z.object({ path: z.string(), copied: z.boolean() })),
  /** Settings and files that stay outside, each with the reason: hooks, helpers that would run programs, links into folders agents may write. */
  dropped: z.array(z.object({ path: z.string(), what: z.string(), why: z.string() })),
});
export type AgentImports = z.infer<typeof agentImportsSchema>;
