import { z } from 'zod';
import { engineStateSchema } from './engine.ts';

/** Relative to what? The core's folder is not the user's. */
const pemSchema = z
  .string()
  .max(4096)
  .regex(/^(\/|[A-Za-z]:[\\/])[^\0]*$/, 'A PEM file is named by its absolute path.');

/** An engine the user named in the settings. The name is what projects refer to. */
export const namedEngineSchema = z.strictObject({
  name: z
    .string()
    .max(64)
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'An engine is named by lower-case letters, digits, dot, dash and underscore.')
    .refine((name) => name !== 'default', 'The name "default" is taken: it is the engine that projects use unless they name another.'),
  /** `unix://…` or an absolute path, `npipe://…`, `tcp://host:port` (with `tls`, or to a loopback address), `ssh://[user@]host[:port]`. */
  address: z.string().min(1).max(1024),
  /** Absolute paths of PEM files on the host, as Docker's CLI takes them. */
  tls: z.strictObject({ ca: pemSchema, cert: pemSchema, key: pemSchema }).optional(),
});
export type NamedEngine = z.infer<typeof namedEngineSchema>;

export const namedEnginesSchema = z
  .array(namedEngineSchema)
  .max(32)
  .refine((engines) => new Set(engines.map(({ name }) => name)).size === engines.length, 'Two engines have the same name.');

/** One engine that Forgehold knows of. */
export const knownEngineSchema = z.object({
  /** What a project refers to: `default`, `context:<name>`, `socket:<path>`, or the name from the settings. */
  engineId: z.string(),
  title: z.string(),
  address: z.string(),
  /** The settings, a Docker context, `DOCKER_HOST`, or a socket found where one is known to lie. */
  origin: z.enum(['default', 'settings', 'DOCKER_HOST', 'context', 'known']),
  /** Whether it runs on this machine, so that folders of the host can be mounted. */
  local: z.boolean(),
  /** Number of projects that use it. */
  projects: z.int(),
  /** Absent while nothing uses it: it is not connected then. */
  state: engineStateSchema.optional(),
});
export type KnownEngine = z.infer<typeof knownEngineSchema>;

/** One engine that is connected, or meant to be. */
export const engineInUseSchema = knownEngineSchema.pick({ engineId: true, title: true }).extend({ state: engineStateSchema });
export type EngineInUse = z.infer<typeof engineInUseSchema>;

/** Answer of one try to reach an engine. */
export const engineProbeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('answers'), address: z.string(), version: z.string(), apiVersion: z.string(), os: z.string(), rootless: z.boolean() }),
  /** `reason` says what to do. */
  z.object({ kind: z.literal('fails'), address: z.string(), reason: z.string() }),
]);
export type EngineProbe = z.infer<typeof engineProbeSchema>;
