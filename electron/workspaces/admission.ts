import { AppError } from '../../shared/errors.ts';
import type { Limits } from '../../shared/model/workspace.ts';
import type { AgentDefinition } from '../agents/types.ts';
import { defaultLimits } from './container-spec.ts';

type AskedLimits = { readonly [K in keyof Limits]?: Limits[K] | undefined };

/** @throws workspace/too-much */
export function chooseLimits(request: AskedLimits, machine: { readonly cpus: number; readonly memoryMb: number }): Limits {
  const defaults = defaultLimits(machine);
  const limits = {
    cpus: request.cpus ?? defaults.cpus,
    memoryMb: request.memoryMb ?? defaults.memoryMb,
    pidsLimit: request.pidsLimit ?? defaults.pidsLimit,
  };
  if (limits.cpus > machine.cpus)
    throw new AppError('workspace/too-much', `The container engine has ${machine.cpus} CPUs; ask for no more.`, { details: { cpus: machine.cpus } });
  if (limits.memoryMb > machine.memoryMb)
    throw new AppError('workspace/too-much', `The container engine has ${machine.memoryMb} MiB of memory; ask for no more.`, {
      details: { memoryMb: machine.memoryMb },
    });
  return limits;
}

/**
 * The key of another agent would stand in the container's environment, for all to read in the engine, and this one does not use it.
 * @throws workspace/foreign-key
 */
export function refuseForeignKeys(env: Readonly<Record<string, string>>, own: AgentDefinition, all: readonly AgentDefinition[]): void {
  for (const { title, keyNames } of all.filter(({ agent }) => agent !== own.agent)) {
    const name = keyNames.find((one) => Object.hasOwn(env, one) && !own.keyNames.includes(one));
    if (name === undefined) continue;
    throw new AppError(
      'workspace/foreign-key',
      `${name} is the key of ${title}, and ${own.title} does not use it. Leave it out, or make a workspace of ${title}.`,
      {
        details: { name, agent: own.agent },
      },
    );
  }
}

/** Known API keys leave the environment: they go to the vault, and reach the agent as a file. */
export function splitKeys(env: Readonly<Record<string, string>>, keyNames: readonly string[]): { environment: Record<string, string>; keys: string[] } {
  const entries = Object.entries(env);
  const keys = keyNames.flatMap((name) => (Object.hasOwn(env, name) ? [env[name]!] : []));
  return { environment: Object.fromEntries(entries.filter(([name]) => !keyNames.includes(name))), keys };
}
