import type { ChangedAll } from '../../shared/contract/workspaces.ts';
import { AppError, fromWireError, toWireError } from '../../shared/errors.ts';
import type { Session } from './leaf.ts';
import type { Answer, Options, Run } from './leaf.ts';
import { findWorkspace } from './names.ts';
import { UsageError } from './output.ts';
import { visible } from './safe-text.ts';

type Verb = 'pause' | 'resume';
const words = { pause: { done: 'is paused', none: 'No workspace runs.' }, resume: { done: 'goes on', none: 'No workspace is paused.' } } as const;

/** Several workspaces by name, that of the present folder, or all. One that fails keeps no other from it, and makes the command fail. */
export function pauseOrResume(verb: Verb): Run {
  return async (session, given, options) => {
    const { workspaces, failures } = await changeThem(
      session,
      verb,
      given.filter((name) => name !== undefined),
      options,
    );
    if (failures.length > 0 && workspaces.length === 0 && failures.length === 1) throw fromWireError(failures[0]!.error);
    const names = new Map((await session.snapshot()).workspaces.map(({ workspaceId, name }) => [workspaceId, name]));
    if (failures.length > 0) process.exitCode = 1;
    const lines = [
      ...workspaces.map(({ name }) => `${name} ${words[verb].done}.`),
      ...failures.map(({ workspaceId, error }) => `${names.get(workspaceId) ?? workspaceId}: ${error.message}`),
    ];
    return { json: { workspaces, failures }, text: () => `${visible(lines.length > 0 ? lines.join('\n') : words[verb].none)}\n` } satisfies Answer;
  };
}

async function changeThem({ client, snapshot }: Session, verb: Verb, names: readonly string[], options: Options): Promise<ChangedAll> {
  if (options['all'] === true) {
    if (names.length > 0) throw new UsageError('Name workspaces, or say --all: not both.');
    return client.call(`workspaces.${verb}All`, {});
  }
  const known = await snapshot();
  const wanted = names.length > 0 ? names.map((name) => findWorkspace(known, name)) : [findWorkspace(known)];
  const ids = [...new Set(wanted.map(({ workspaceId }) => workspaceId))];
  const all = await Promise.all(
    ids.map(async (workspaceId) => {
      try {
        return { workspaces: [await client.call(`workspaces.${verb}`, { workspaceId })], failures: [] };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return { workspaces: [], failures: [{ workspaceId, error: toWireError(error) }] };
      }
    }),
  );
  return { workspaces: all.flatMap(({ workspaces }) => workspaces), failures: all.flatMap(({ failures }) => failures) };
}
