import { containerPaths } from '../engine/names.ts';
import type { Launch } from '../terminals/types.ts';
import { pins } from './pins.ts';
import type { Tool } from './types.ts';

/** Of every agent container. */
export const agentEnvironment: Readonly<Record<string, string>> = { COLORTERM: 'truecolor' };

/** `forge-agent` of `resources/agents/provided`: finds the key, resumes or starts anew. */
export const launcherPath = `${containerPaths.provided}/forge-agent`;

export function startThroughLauncher(
  tool: Tool,
  folder: string,
  { workingDir, resume, flags }: { readonly workingDir: string; readonly resume: boolean; readonly flags: readonly string[] },
): Launch {
  const program = `${folder}/${pins[tool].executable}`;
  return { argv: [launcherPath, tool, resume ? 'resume' : 'new', program, ...flags], workingDir, env: {} };
}
