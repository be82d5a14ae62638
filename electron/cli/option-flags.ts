import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Agent } from '../../shared/model/agent.ts';
import type { OptionName, WorkspaceOptions } from '../../shared/model/options.ts';
import { collect, type Options } from './leaf.ts';
import { toPath } from './names.ts';
import { parseJson, UsageError } from './output.ts';

type Flag = {
  readonly flag: string;
  readonly help: string;
  readonly option: OptionName;
  readonly repeated?: true;
  readonly read: (value: string) => unknown;
};

const text = (value: string): string => value;

/** Each option of a workspace as a flag. Repeated ones make a list. */
const flags: readonly Flag[] = [
  { flag: '--mode <mode>', help: 'restricted (only allowed names), full (logged) or none', option: 'mode', read: text },
  { flag: '--cpus <number>', help: 'CPUs, fractions allowed', option: 'cpus', read: toNumber },
  { flag: '--memory <size>', help: 'memory: 512m, 4g, or MiB', option: 'memoryMb', read: toMegabytes },
  { flag: '--pids <number>', help: 'processes', option: 'pidsLimit', read: toNumber },
  { flag: '--image <name:tag>', help: 'an own image', option: 'image', read: text },
  { flag: '--agent-version <version>', help: "exact version of the agent's CLI", option: 'agentVersion', read: text },
  { flag: '--model <model>', help: 'the model the agent is started with', option: 'model', read: text },
  { flag: '--working-folder <path>', help: 'where terminals begin', option: 'workingFolder', read: text },
  { flag: '--mount <source[:target][:rw]>', help: 'another folder of the host; read-only without ":rw"', option: 'mounts', repeated: true, read: toMount },
  { flag: '--cache <name>', help: 'a shared package cache', option: 'caches', repeated: true, read: text },
  { flag: '--group <name|id>', help: 'a supplementary group', option: 'groups', repeated: true, read: text },
  { flag: '--network <name[:alias,…]>', help: 'an internal network of yours', option: 'networks', repeated: true, read: toNetwork },
  { flag: '--domain <pattern>', help: 'a domain allowed from the start', option: 'domains', repeated: true, read: text },
  { flag: '--argument <text>', help: 'a further argument of the agent', option: 'extraArguments', repeated: true, read: text },
];

const switches: readonly { readonly flag: string; readonly help: string; readonly option: OptionName }[] = [
  { flag: '--skip-permissions', help: 'start the agent without its own prompts: the container is the fence', option: 'skipPermissions' },
  { flag: '--system-packages', help: 'let the user install system packages, through the wall', option: 'systemPackages' },
];

/** Adds the flags that shape a workspace. */
export function addOptionFlags(command: Command): Command {
  for (const { flag, help, repeated } of flags)
    if (repeated) command.option(flag, `${help} (repeatable)`, collect);
    else command.option(flag, help);
  for (const { flag, help } of switches) command.option(flag, help);
  return command
    .option('--env <NAME[=value]>', 'a variable; without a value it is taken from the environment of this command (repeatable)', collect)
    .option('--label <name=value>', 'a label of the container, for your own tools (repeatable)', collect)
    .option('--command <json>', 'a program to run beside the agent, as a JSON list of its arguments')
    .option('--options <json|@file>', 'any of the options as one JSON document; flags go before it');
}

/** Variables that hold a key of any agent, for `readOptions`. */
export function secretNames(agents: readonly Pick<Agent, 'keyName' | 'keyNames'>[]): readonly string[] {
  return agents.flatMap(({ keyName, keyNames }) => keyNames ?? keyName ?? []);
}

/** What the flags ask for. `secrets`: variables that hold keys, refused with a value in the command line. */
export function readOptions(given: Options, secrets: readonly string[]): WorkspaceOptions {
  const document = given['options'];
  const asked: Record<string, unknown> = { ...readDocument(document) };
  // A file is read by its owner; what is typed here, by everybody.
  if (typeof document === 'string' && !document.startsWith('@')) refuseSecret(Object.keys(asked['env'] ?? {}), secrets);
  for (const { flag, option, read, repeated } of flags) {
    const value = given[nameOf(flag)];
    if (value === undefined) continue;
    asked[option] = repeated ? (value as readonly string[]).map(read) : read(value as string);
  }
  for (const { flag, option } of switches) if (given[nameOf(flag)] !== undefined) asked[option] = true;
  const environment = readPairs(given['env'], (name) => fromEnvironment(name), secrets);
  if (environment) asked['env'] = { ...(asked['env'] as object | undefined), ...environment };
  const labels = readPairs(given['label'], (name) => noValue(name), []);
  if (labels) asked['labels'] = labels;
  if (given['command'] !== undefined) asked['command'] = parseJson(given['command'] as string, '--command');
  // What it holds is judged by the core, which names the field.
  return asked;
}

/** `--agent-version <x>` is `agentVersion` to commander. */
function nameOf(flag: string): string {
  return flag
    .replace(/^--/, '')
    .replace(/ .*/, '')
    .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function readDocument(value: unknown): object {
  if (typeof value !== 'string') return {};
  const source = value.startsWith('@') ? readText(value.slice(1)) : value;
  const document = parseJson(source, '--options');
  if (typeof document !== 'object' || document === null || Array.isArray(document)) throw new UsageError('--options takes a JSON object.');
  return document;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}.`, error);
  }
}

function readPairs(value: unknown, otherwise: (name: string) => string, secretNames: readonly string[]): Record<string, string> | null {
  if (value === undefined) return null;
  return Object.fromEntries(
    (value as readonly string[]).map((pair) => {
      const at = pair.indexOf('=');
      const name = at === -1 ? pair : pair.slice(0, at);
      if (at === -1) return [name, otherwise(name)];
      refuseSecret([name], secretNames);
      return [name, pair.slice(at + 1)];
    }),
  );
}

function refuseSecret(names: readonly string[], secrets: readonly string[]): void {
  const name = names.find((one) => secrets.includes(one));
  if (name === undefined) return;
  throw new UsageError(
    `A key in the command line can be read by every process of this machine. Give "--env ${name}" alone, with ${name} in your environment, or use "forgehold agent key".`,
  );
}

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new UsageError(`${name} is not set in your environment. Give --env ${name}=value.`);
  return value;
}

function noValue(name: string): never {
  throw new UsageError(`--label takes name=value, not "${name}".`);
}

function toNumber(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || Number.isNaN(number)) throw new UsageError(`"${value}" is no number.`);
  return number;
}

/** MiB; the suffixes are those of Docker's CLI. */
export function toMegabytes(value: string): number {
  const match = /^(\d+(?:\.\d+)?)([mg])?i?b?$/i.exec(value.trim());
  if (!match) throw new UsageError(`"${value}" is no size of memory. Give 512m, 4g, or a number of MiB.`);
  return Math.round(Number(match[1]) * (match[2]?.toLowerCase() === 'g' ? 1024 : 1));
}

function toMount(value: string): object {
  const readOnly = !value.endsWith(':rw');
  const [source = '', target] = value.replace(/:r[wo]$/, '').split(':');
  return { source: toPath(source), readOnly, ...(target !== undefined && target !== '' && { target }) };
}

function toNetwork(value: string): object {
  const [name = '', aliases] = value.split(':');
  return { name, ...(aliases !== undefined && { aliases: aliases.split(',') }) };
}
