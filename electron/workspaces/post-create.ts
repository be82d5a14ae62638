import { createHash } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import type { AgentContainer } from '../agents/types.ts';
import { containerPaths } from '../engine/names.ts';
import type { Engine } from '../engine/types.ts';
import type { Book, Entry } from './book.ts';
import type { Report } from './steps.ts';
import type { WorkspacesOptions } from './types.ts';

/** Installing a project's packages takes minutes; what takes longer has hung. */
const timeoutMs = 30 * 60_000;
/** Of its output, for the user: the last of it says what went wrong. */
const maxShown = 2_000;

/**
 * $1 marker, $2 log, $3 line. The marker lies in the container's own files, which go with the container: a new one runs it again.
 * The output lies in the home, where the user and the agent can read it.
 */
const script = `
[ ! -e "$1" ] || { echo before; exit 0; }
mkdir -p "\${2%/*}" && sh -c "$3" > "$2" 2>&1 < /dev/null
status=$?
: > "$1"
[ "$status" -eq 0 ] || { tail -c ${maxShown} "$2"; exit "$status"; }
`;

/**
 * Runs what the project wants run once in a new container: as the agent, in the project's folder, behind the wall.
 * @returns Null when all went well, undefined when all was run before in this container.
 * @throws workspace/post-create with what the user should read: the workspace itself is none the worse.
 */
export async function runPostCreate(
  engine: Pick<Engine, 'exec'>,
  container: AgentContainer,
  { lines, workingDir }: { readonly lines: readonly string[]; readonly workingDir: string },
  report: Report,
  signal: AbortSignal,
): Promise<null | undefined> {
  let ran = false;
  for (const [at, line] of lines.entries()) {
    report(line);
    const id = createHash('sha256').update(`${at} ${line}`).digest('hex').slice(0, 12);
    const log = `${containerPaths.home}/.local/state/forgehold/post-create-${at + 1}.log`;
    const argv = ['sh', '-c', script, 'sh', `/tmp/.forgehold-post-create-${id}`, log, line];
    const { exitCode, stdout } = await engine.exec(container.containerId, argv, { user: container.user, workingDir, timeoutMs, signal });
    if (exitCode === 0) {
      if (stdout === '') ran = true;
      continue;
    }
    const said = stdout.replaceAll(/[^\P{Cc}\n\t]/gu, '').trim();
    throw new AppError(
      'workspace/post-create',
      `The project's own preparation failed with exit code ${exitCode}: ${line}\n${said}\nThe whole output is in ${log}.`,
      {
        details: { exitCode, line },
      },
    );
  }
  return ran ? null : undefined;
}

/** What the project's trusted file wants run in the container that is about to be made. */
export async function lookForPostCreate({ postCreateOf }: Pick<WorkspacesOptions, 'postCreateOf'>, book: Book, entry: Entry): Promise<void> {
  const lines = (await postCreateOf?.(entry.record.projectId)) ?? [];
  book.save(entry, { postCreate: [...lines] });
}
