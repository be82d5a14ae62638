import type { Argument, Command, Option } from 'commander';
import presets from '../../resources/presets/domains.json' with { type: 'json' };
import { AppError } from '../../shared/errors.ts';
import { answerSchema, ruleScopeSchema } from '../../shared/model/domain.ts';
import type { Snapshot } from '../../shared/model/snapshot.ts';
import { networkModeSchema } from '../../shared/model/workspace-parts.ts';
import { createProgram } from './program.ts';
import { visible } from './safe-text.ts';
import { getWorld } from './world.ts';

/** `value` is one word that every shell takes as it is. */
export type Completion = { readonly value: string; readonly about: string };

/** A shell waits for this with a finger on the key, in milliseconds: a core that hangs gives no names. */
const patience = 1500;
/** One word in every shell, without quotes. What is named otherwise is offered by its id. */
const plainWord = /^[\p{L}\p{N}][\p{L}\p{N}._@+/-]*$/u;

/** What may follow: `words` is all after the program's name, the last one unfinished. Without a running core there are commands and flags, and no names. */
export async function complete(words: readonly string[], dataFolder: string): Promise<readonly Completion[]> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  let command = await createProgram(before[0]);
  let depth = 0;
  for (; depth < before.length; depth += 1) {
    const next = command.commands.find((one) => one.name() === before[depth] || one.aliases().includes(before[depth]!));
    if (!next) break;
    command = next;
  }
  const candidates = await candidatesFor(command, before.slice(depth), current, dataFolder);
  return candidates.filter(({ value }) => value.startsWith(current)).map(({ value, about }) => ({ value, about: visible(about).slice(0, 100) }));
}

async function candidatesFor(command: Command, rest: readonly string[], current: string, dataFolder: string): Promise<readonly Completion[]> {
  const last = rest.at(-1);
  const awaiting = last === undefined ? undefined : command.options.find((option) => option.long === last && takesValue(option));
  if (awaiting) return named(awaiting.attributeName(), dataFolder);
  if (current.startsWith('-')) return command.options.map(({ long, description }) => ({ value: long ?? '', about: description }));
  if (command.commands.length > 0)
    return rest.length > 0
      ? []
      : command.commands.filter((one) => !one.name().startsWith('__')).map((one) => ({ value: one.name(), about: one.description() }));
  const argument = argumentAt(command, countPositional(command, rest));
  return argument ? named(argument.name(), dataFolder, command.parent?.name()) : [];
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function countPositional(command: Command, words: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < words.length; index += 1) {
    const option = command.options.find(({ long, short }) => long === words[index] || short === words[index]);
    if (option && takesValue(option)) index += 1;
    else if (!words[index]!.startsWith('-')) count += 1;
  }
  return count;
}

function argumentAt(command: Command, index: number): Argument | undefined {
  const all = command.registeredArguments;
  return all[index] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined);
}

async function named(name: string, dataFolder: string, group?: string): Promise<readonly Completion[]> {
  if (name === 'mode') return networkModeSchema.options.map((value) => ({ value, about: '' }));
  if (name === 'scope') return ruleScopeSchema.options.map((value) => ({ value, about: '' }));
  if (name === 'answer') return answerSchema.options.map((value) => ({ value, about: '' }));
  if (name === 'preset') return Object.entries(presets).map(([value, { title }]) => ({ value, about: title }));
  if (name === 'shell') return ['bash', 'zsh', 'fish'].map((value) => ({ value, about: '' }));
  if (name === 'session') return ['resume', 'fork', 'new'].map((value) => ({ value, about: '' }));
  if (name === 'name' && group === 'settings') {
    const { settingsSchema } = await import('../../shared/model/settings.ts');
    return Object.keys(settingsSchema.shape).map((value) => ({ value, about: '' }));
  }
  if (!['project', 'workspace', 'terminal', 'agent', 'engine'].includes(name)) return [];
  const snapshot = await ask(dataFolder);
  return snapshot === null ? [] : namesIn(snapshot, name);
}

/** Names where they are plain words and unique, ids else. */
export function namesIn({ projects, workspaces, terminals, agents }: Snapshot, kind: string): readonly Completion[] {
  const projectName = new Map(projects.map(({ projectId, name }) => [projectId, name]));
  const workspaceName = new Map(workspaces.map(({ workspaceId, name }) => [workspaceId, name]));
  switch (kind) {
    case 'project':
      return unique(projects.map(({ projectId, name, path, url }) => ({ id: projectId, name, about: url ?? path })));
    case 'workspace':
      return unique(
        workspaces.map(({ workspaceId, projectId, name, state }) => ({
          id: workspaceId,
          name,
          about: `${projectName.get(projectId) ?? ''} ${name}, ${state.kind}`,
        })),
      );
    case 'terminal':
      return terminals.map(({ terminalId, workspaceId, kind: what, title }) => ({
        value: terminalId,
        about: `${workspaceName.get(workspaceId) ?? ''} ${what} ${title}`,
      }));
    case 'agent':
      return agents.map(({ agent, title }) => ({ value: agent, about: title }));
    case 'engine':
      return [...new Set(projects.map(({ engine }) => engine))].filter((engine) => /^[\w.:-]+$/.test(engine)).map((value) => ({ value, about: '' }));
    default:
      return [];
  }
}

function unique(all: readonly { readonly id: string; readonly name: string; readonly about: string }[]): readonly Completion[] {
  return all.map(({ id, name, about }) => {
    const isUnique = all.filter((one) => one.name === name).length === 1;
    return { value: isUnique && plainWord.test(name) ? name : id, about };
  });
}

async function ask(dataFolder: string): Promise<Snapshot | null> {
  try {
    const client = await getWorld().attach(dataFolder);
    try {
      return await client.call('app.snapshot', {}, { signal: AbortSignal.timeout(patience) });
    } finally {
      client.close();
    }
  } catch (error) {
    // Nobody to ask, or nobody who answers in time: then there are no names.
    if (error instanceof AppError || (error instanceof Error && error.name === 'TimeoutError')) return null;
    throw error;
  }
}
