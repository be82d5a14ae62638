import { AppError } from '../../shared/errors.ts';
import { isBuiltIn } from '../../shared/model/agent.ts';
import type { Limits } from '../../shared/model/workspace-parts.ts';
import type { AgentDefinition } from '../agents/types.ts';

/** @throws workspace/too-much */
export function refuseTooMuch({ cpus, memoryMb }: Limits, machine: { readonly cpus: number; readonly memoryMb: number }): void {
  if (cpus > machine.cpus)
    throw new AppError('workspace/too-much', `The container engine has ${machine.cpus} CPUs; ask for no more.`, { details: { cpus: machine.cpus } });
  if (memoryMb > machine.memoryMb)
    throw new AppError('workspace/too-much', `The container engine has ${machine.memoryMb} MiB of memory; ask for no more.`, {
      details: { memoryMb: machine.memoryMb },
    });
}

/**
 * An API key in a layer that is written down, such as the installation's defaults, would lie on the disk and in the container's environment.
 * @throws workspace/key-in-layer
 */
export function refuseKeysInLayers(env: Readonly<Record<string, string>>, all: readonly AgentDefinition[]): void {
  const found = all.flatMap(({ agent, keyNames, title }) => keyNames.filter((name) => Object.hasOwn(env, name)).map((name) => ({ name, title, agent })))[0];
  if (found === undefined) return;
  throw new AppError(
    'workspace/key-in-layer',
    `${found.name} is an API key of ${found.title}, and stands among the variables of the project or of the installation. Those are written down, and keys are not: leave it out there, and give it as the agent's key ("forgehold agent key ${found.agent}").`,
    { details: { name: found.name } },
  );
}

/**
 * A container in which root has powers is started as root, and its first program obeys the loader's variables (ld.so(8)): a file of
 * the agent's would be run as root.
 * @throws workspace/loader-variable
 */
export function refuseLoaderVariables({ systemPackages, env }: { readonly systemPackages: boolean; readonly env: Readonly<Record<string, string>> }): void {
  const name = Object.keys(env).find((one) => one.startsWith('LD_') || one === 'GLIBC_TUNABLES');
  if (!systemPackages || name === undefined) return;
  throw new AppError(
    'workspace/loader-variable',
    `${name} tells every program what to load, root's too, so it cannot stand beside system packages. Leave one of them out, or set ${name} in the shell.`,
    { details: { name } },
  );
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

/**
 * Known API keys leave the environment: they go to the vault, and reach the agent as files.
 * @throws workspace/two-keys A built-in agent uses one.
 */
export function splitKeys(
  env: Readonly<Record<string, string>>,
  { agent, keyNames }: Pick<AgentDefinition, 'agent' | 'keyNames'>,
): { readonly environment: Record<string, string>; readonly keys: ReadonlyMap<string, string> } {
  const given = keyNames.filter((name) => Object.hasOwn(env, name));
  if (given.length > 1 && isBuiltIn(agent))
    throw new AppError('workspace/two-keys', `Give ${given.join(' or ')}, not both: the agent uses one key.`, { details: { names: given } });
  const environment = Object.fromEntries(Object.entries(env).filter(([name]) => !keyNames.includes(name)));
  return { environment, keys: new Map(given.flatMap((name) => (env[name] === undefined || env[name] === '' ? [] : [[name, env[name]] as const]))) };
}
