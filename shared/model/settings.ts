import { z } from 'zod';

/** The installation's settings. Every field is enforced somewhere; an unknown field is refused. */
export const settingsSchema = z.strictObject({
  /** Docker endpoint: an absolute path, `unix://…`. Empty: `DOCKER_HOST`, then the current Docker context, then the default socket. */
  engine: z.string().default(''),
  /** A PEM file on the host whose certificates every build and every workspace trusts in addition. Empty: none. */
  extraCaBundle: z.string().default(''),
  /** The range private networks are cut from, /28 each. */
  subnetRange: z.cidrv4().default('10.213.0.0/16'),
  /** Lines of scrollback each terminal keeps; tmux holds about 0.74 kB a line. */
  historyLines: z.int().min(1000).max(50_000).default(10_000),
});
export type Settings = z.infer<typeof settingsSchema>;
