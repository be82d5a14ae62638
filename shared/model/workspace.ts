import { z } from 'zod';
import { wireErrorSchema } from '../errors.ts';
import { agentTypeSchema } from './agent.ts';
import { projectIdSchema, timeSchema, workspaceIdSchema } from './ids.ts';
import { optionNameSchema, workspaceOptionsSchema } from './options.ts';
import { stepSchema } from './step.ts';
import { environmentSchema, limitsSchema, networkModeSchema } from './workspace-parts.ts';

export const workspaceStateSchema = z.discriminatedUnion('kind', [
  /** Being made; `steps` is the whole list, in order. */
  z.object({ kind: z.literal('creating'), steps: z.array(stepSchema) }),
  z.object({ kind: z.literal('starting'), steps: z.array(stepSchema) }),
  /** `notice`: something happened that its user should know, such as a program that was ended for want of memory. */
  z.object({ kind: z.literal('running'), since: timeSchema, notice: z.string().optional() }),
  /** All its processes stand still where they were, by whoever's hand; its gateway is up. */
  z.object({ kind: z.literal('paused') }),
  /** A new container takes the old one's place; the old one is back when that fails. */
  z.object({ kind: z.literal('recreating'), steps: z.array(stepSchema) }),
  /** It ends again and again, and the engine starts it again: a crash loop. `lines` are the last of its log. */
  z.object({ kind: z.literal('crashing'), restarts: z.int(), exitCode: z.int(), outOfMemory: z.boolean(), lines: z.array(z.string()) }),
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
  /** Not up, or not proven: the workspace is stopped or being made; or paused, and proven before it goes on. */
  z.object({ kind: z.literal('off') }),
  z.object({ kind: z.literal('testing') }),
  /** Proven by the self-test; `unproven`: but for what could not be tried, and why. */
  z.object({ kind: z.literal('standing'), testedAt: timeSchema, passed: z.int(), total: z.int(), unproven: z.string().optional() }),
  /** Nothing may leave; `healing` while the app is putting it back. Otherwise the self-test found a leak: its workspace is stopped. */
  z.object({ kind: z.literal('down'), since: timeSchema, reason: z.string(), healing: z.boolean() }),
]);
export type WallState = z.infer<typeof wallStateSchema>;

export const workspaceSchema = z.object({
  workspaceId: workspaceIdSchema,
  projectId: projectIdSchema,
  name: z.string(),
  agent: agentTypeSchema,
  /** What its agent is called; the agent type itself when nobody knows that any more. */
  agentTitle: z.string(),
  mode: networkModeSchema,
  /** Of mode `learning`: when it goes back to restricted by itself. */
  learningUntil: timeSchema.optional(),
  limits: limitsSchema,
  state: workspaceStateSchema,
  wall: wallStateSchema,
  /** Number of rules on its list. */
  rules: z.int(),
  /** Options that were changed and wait for a recreation. */
  pending: z.array(optionNameSchema),
  /** Mount sources that are not what they were when the container was made: it does not start before it is recreated. */
  staleMounts: z.array(z.string()),
  /** What went wrong on its way and did not stop it: the project's own preparation failed, with the last of its output. Untrusted text. */
  warning: z.string().optional(),
  createdAt: timeSchema,
});
export type Workspace = z.infer<typeof workspaceSchema>;

export const workspaceNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[^\p{Cc}\p{Cf}]+$/u, 'A name holds no control characters.');

/** What `workspaces.inspect` adds: what the engine has, for people and for support. */
export const workspaceDetailsSchema = workspaceSchema.extend({
  /** What was asked for this workspace: the layer above the project's. */
  options: workspaceOptionsSchema,
  environment: environmentSchema,
  containers: z.array(z.object({ role: z.enum(['agent', 'gateway']), name: z.string(), id: z.string(), image: z.string(), status: z.string() })),
  networks: z.array(z.object({ name: z.string(), subnet: z.string() })),
  volumes: z.array(z.string()),
  /** Host folders of this workspace: its git dir, its agent's configuration. */
  folders: z.array(z.string()),
});
export type WorkspaceDetails = z.infer<typeof workspaceDetailsSchema>;
