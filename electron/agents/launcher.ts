import { containerPaths } from '../engine/names.ts';
import type { Launch } from '../terminals/types.ts';
import { pinned } from './pins.ts';
import type { Session, Tool } from './types.ts';

/** Of every agent container. */
export const agentEnvironment: Readonly<Record<string, string>> = { COLORTERM: 'truecolor' };

/** `forge-agent` of `resources/agents/provided`: finds the key, resumes or starts anew. */
export const launcherPath = `${containerPaths.provided}/forge-agent`;

export function startThroughLauncher(
  tool: Tool,
  folder: string,
  { workingDir, session, flags }: { readonly workingDir: string; readonly session: Session; readonly flags: readonly string[] },
): Launch {
  const program = `${folder}/${pinned(tool).executable}`;
  return { argv: [launcherPath, tool, session, program, ...flags], workingDir, env: {} };
}

/**
 * An agent type that the user added. `first` is tried where there is something to go on with; `fresh` when that fails, and else.
 * Its keys become variables of its own process: there is no way that fits every program and hides them better.
 */
export function startOwn(
  agent: string,
  {
    first,
    fresh,
    workingDir,
    session,
  }: { readonly first: readonly string[]; readonly fresh: readonly string[]; readonly workingDir: string; readonly session: Session },
): Launch {
  return { argv: [launcherPath, 'own', session, agent, String(first.length), ...first, ...fresh], workingDir, env: {} };
}
