import { z } from 'zod';
import { namedEnginesSchema } from './engines.ts';
import { workspaceOptionsSchema } from './options.ts';

/** The installation's settings. Every field is enforced somewhere; an unknown field is refused. */
export const settingsSchema = z.strictObject({
  /**
   * The default engine: an address, or the name of one of `engines`, or `context:<name>`. Empty: `DOCKER_HOST`, then the current Docker
   * context, then a known socket. Changes take effect when the core starts next.
   */
  engine: z.string().default(''),
  /** Further engines that projects may use, by name. */
  engines: namedEnginesSchema.default([]),
  /** Options that workspaces of every project begin with. */
  defaults: workspaceOptionsSchema.default({}),
  /** Leaves `forgehold attach`: `ctrl+` and a letter or one of `[ \\ ] ^ _`. */
  disconnectKey: z
    .string()
    .regex(/^ctrl\+[a-z[\\\]^_]$/, 'The disconnect key is ctrl+ and a letter from a to z, or one of [ \\ ] ^ _.')
    .default('ctrl+\\'),
  /** A PEM file on the host whose certificates every build and every workspace trusts in addition. Empty: none. */
  extraCaBundle: z.string().default(''),
  /** A stricter seccomp profile for agent containers, JSON as Docker takes it; what it allows is cut down to what ours allows. Empty: ours. */
  seccompProfile: z.string().default(''),
  /** The range private networks are cut from, /28 each. */
  subnetRange: z.cidrv4().default('10.213.0.0/16'),
  /** Lines of scrollback each terminal keeps; tmux holds about 0.74 kB a line. */
  historyLines: z.int().min(1000).max(50_000).default(10_000),
});
export type Settings = z.infer<typeof settingsSchema>;

/** What is given is changed, the rest is kept. Without the defaults, which `partial` alone would fill in for what is not given. */
export const settingsChangeSchema = z.strictObject(
  Object.fromEntries(Object.entries(settingsSchema.shape).map(([name, schema]) => [name, schema.unwrap().optional()])) as {
    [K in keyof typeof settingsSchema.shape]: z.ZodOptional<ReturnType<(typeof settingsSchema.shape)[K]['unwrap']>>;
  },
);
export type SettingsChange = z.infer<typeof settingsChangeSchema>;
