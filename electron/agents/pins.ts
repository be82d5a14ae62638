import { z } from 'zod';
import pinned from '../../resources/agents/tools.json' with { type: 'json' };
import type { AgentType } from '../../shared/model/agent.ts';
import type { Tool } from './types.ts';

const packageSchema = z.strictObject({
  /** Name and exact version in the npm registry: a platform package, which holds the program itself and needs no install script. */
  name: z.string(),
  version: z.string(),
  /** As in the registry's `dist.integrity`. */
  integrity: z.string().regex(/^sha512-[A-Za-z0-9+/]{86}==$/),
  /** Folder of the package that becomes the tool's folder. */
  root: z.string(),
  /** What is kept of it: files, or folders with a trailing slash. */
  keep: z.array(z.string()).min(1),
});
export type PinnedPackage = z.infer<typeof packageSchema>;

const toolSchema = z.strictObject({
  version: z.string().regex(/^[0-9A-Za-z.-]+$/),
  /** Path of the program in the tool's folder. */
  executable: z.string(),
  /** By platform: os-architecture-libc. */
  packages: z.record(z.string().regex(/^[a-z0-9-]+$/), packageSchema),
});

const pinsSchema = z.strictObject({ node: toolSchema, 'claude-code': toolSchema, codex: toolSchema });
export type Pins = z.infer<typeof pinsSchema>;

/** The versions that this release of Forgehold was tested with. */
export const pins: Pins = pinsSchema.parse(pinned);

/** The tool an agent type runs, if it is one of ours. */
export function toolOf(agent: Tool | AgentType): Tool | undefined {
  return agent === 'shell' ? undefined : agent;
}

const architectures: Readonly<Record<string, string>> = { x86_64: 'x64', amd64: 'x64', aarch64: 'arm64', arm64: 'arm64' };

/** The platform of an engine's containers, from the architecture it reports. Our image has glibc. */
export function platformOf(architecture: string): string | undefined {
  const known = architectures[architecture];
  return known === undefined ? undefined : `linux-${known}-glibc`;
}
