import { z } from 'zod';
import { wireErrorSchema } from '../errors.ts';
import { agentTypeSchema } from './agent.ts';
import { projectIdSchema, timeSchema, workspaceIdSchema } from './ids.ts';
import { stepSchema } from './step.ts';

/** What may leave: names on the list, everything (logged), nothing. */
export const networkModeSchema = z.enum(['restricted', 'full', 'none']);
export type NetworkMode = z.infer<typeof networkModeSchema>;

export const limitsSchema = z.object({
  /** CPUs, fractions allowed. */
  cpus: z.number().min(0.1).max(1024),
  /** MiB. */
  memoryMb: z.int().min(256).max(4_194_304),
  pidsLimit: z.int().min(64).max(4_194_304),
});
export type Limits = z.infer<typeof limitsSchema>;

export const workspaceStateSchema = z.discriminatedUnion('kind', [
  /** Being made; `steps` is the whole list, in order. */
  z.object({ kind: z.literal('creating'), steps: z.array(stepSchema) }),
  z.object({ kind: z.literal('starting'), steps: z.array(stepSchema) }),
  z.object({ kind: z.literal('running'), since: timeSchema }),
  z.object({ kind: z.literal('stopping') }),
  /** `reason` says in words why it stopped when nobody asked for it: exit code, out of memory, last lines. */
  z.object({ kind: z.literal('stopped'), exitCode: z.int().optional(), reason: z.string().optional() }),
  z.object({ kind: z.literal('failed'), error: wireErrorSchema, steps: z.array(stepSchema) }),
  z.object({ kind: z.literal('removing') }),
  /** The engine cannot be asked; the container may well be running. */
  z.object({ kind: z.literal('unknown'), reason: z.string() }),
]);
export type WorkspaceState = z.infer<typeof workspaceStateSchema>;

export const wallStateSchema = z.discriminatedUnion('kind', [
  /** Not up: the workspace is stopped or being made. */
  z.object({ kind: z.literal('off') }),
  z.object({ kind: z.literal('testing') }),
  /** Proven by the self-test. */
  z.object({ kind: z.literal('standing'), testedAt: timeSchema, passed: z.int(), total: z.int() }),
  /** Nothing may leave; `healing` while the app is putting it back. Otherwise the self-test found a leak: its workspace is stopped. */
  z.object({ kind: z.literal('down'), since: timeSchema, reason: z.string(), healing: z.boolean() }),
]);
export type WallState = z.infer<typeof wallStateSchema>;

export const workspaceSchema = z.object({
  workspaceId: workspaceIdSchema,
  projectId: projectIdSchema,
  name: z.string(),
  agent: agentTypeSchema,
  mode: networkModeSchema,
  limits: limitsSchema,
  state: workspaceStateSchema,
  wall: wallStateSchema,
  /** Number of rules on its list. */
  rules: z.int(),
  createdAt: timeSchema,
});
export type Workspace = z.infer<typeof workspaceSchema>;

export const workspaceNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[^\p{Cc}\p{Cf}]+$/u, 'A name holds no control characters.');

/** Names of environment variables are POSIX names; values hold no NUL. */
export const environmentSchema = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'An environment variable is named by letters, digits and underscore.'),
  z
    .string()
    .max(32_768)
    .refine((value) => !value.includes('\0'), 'An environment value holds no NUL.'),
);

/** What `workspaces.inspect` adds: what the engine has, for people and for support. */
export const workspaceDetailsSchema = workspaceSchema.extend({
  environment: environmentSchema,
  containers: z.array(z.object({ role: z.enum(['agent', 'gateway']), name: z.string(), id: z.string(), image: z.string(), status: z.string() })),
  networks: z.array(z.object({ name: z.string(), subnet: z.string() })),
  volumes: z.array(z.string()),
  /** Host folders of this workspace: its git dir, its agent's configuration. */
  folders: z.array(z.string()),
});
export type WorkspaceDetails = z.infer<typeof workspaceDetailsSchema>;
