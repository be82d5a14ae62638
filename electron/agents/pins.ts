import { z } from 'zod';
import release from '../../resources/agents/tools.json' with { type: 'json' };
import { AppError } from '../../shared/errors.ts';
import type { Tool } from './types.ts';

const packageSchema = z.strictObject({
  /** Name and exact version in the npm registry: a platform package, which holds the program itself and needs no install script. */
  name: z.string(),
  version: z.string(),
  /** As in the registry's `dist.integrity`. */
  integrity: z.string().regex(/^sha512-[A-Za-z0-9+/]{86}==$/),
  /** Folder of the package that becomes the tool's folder. */
  root: z.string(),
  /** What is kept of it: files, or folders with a trailing slash; `./` is all. */
  keep: z.array(z.string()).min(1),
});
export type PinnedPackage = z.infer<typeof packageSchema>;

/** One exact version, as npm writes them; it becomes the name of a folder. */
export const exactVersionSchema = z
  .string()
  .max(64)
  .regex(/^\d+\.\d+\.\d+(?:-[0-9A-Za-z][0-9A-Za-z.-]*)?$/, 'Give one exact version, like 1.2.3.');

export const toolSchema = z.strictObject({
  version: exactVersionSchema,
  /** Path of the program in the tool's folder. */
  executable: z.string(),
  /** By platform: os-architecture-libc. */
  packages: z.record(z.string().regex(/^[a-z0-9-]+$/), packageSchema),
  /** Its folder in the tools volume, when that is not named by the version alone. */
  folder: z
    .string()
    .regex(/^\d[0-9A-Za-z.-]*$/)
    .optional(),
});

export type PinnedTool = z.infer<typeof toolSchema>;

const pinsSchema = z.strictObject({ node: toolSchema, npm: toolSchema, 'claude-code': toolSchema, codex: toolSchema });
export type Pins = Readonly<Record<Tool, PinnedTool>>;

/** The versions that this release of Forgehold was tested with. */
export const pins: z.infer<typeof pinsSchema> = pinsSchema.parse(release);

/** A tool that this release pins, by its name in `tools.json`. */
export function pinned(tool: Tool, of: Pins = pins): PinnedTool {
  const found = Object.hasOwn(of, tool) ? of[tool] : undefined;
  if (found === undefined) throw new AppError('tools/unknown', `There is no tool "${tool}".`, { details: { tool } });
  return found;
}

const architectures: Readonly<Record<string, string>> = { x86_64: 'x64', amd64: 'x64', aarch64: 'arm64', arm64: 'arm64' };

/** The platforms there are CLIs for. */
export const platforms: readonly string[] = ['linux-x64-glibc', 'linux-arm64-glibc'];

/** The platform of an engine's containers, from the architecture it reports. Our image has glibc. */
export function platformOf(architecture: string): string | undefined {
  const known = architectures[architecture];
  return known === undefined ? undefined : `linux-${known}-glibc`;
}
