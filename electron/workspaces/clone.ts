import { AppError } from '../../shared/errors.ts';
import type { AgentContainer } from '../agents/types.ts';
import type { ExecSession } from '../engine/exec-types.ts';
import type { Engine } from '../engine/types.ts';
import type { Wall } from '../network/types.ts';
import { explainClone } from './clone-failure.ts';
import { CloneProgress } from './clone-progress.ts';
import type { Report } from './steps.ts';

export type CloneOptions = {
  readonly engine: Engine;
  readonly wall: Pick<Wall, 'decisions' | 'onDecision'>;
  readonly container: AgentContainer;
  readonly url: string;
  /** Folder of volumes, the agent's own. */
  readonly folder: string;
  /** Name of the clone in it. */
  readonly name: string;
};

/** Beside the clone, so that a rename makes it appear whole or not at all. */
const draftName = '.forgehold-clone';
/** What an interrupted clone left can be a million files. */
const tidyTimeoutMs = 600_000;
/** A server that packs a large history is silent for minutes. */
const silenceTimeoutMs = 600_000;
/** A day's limit, for a server that drips. */
const wholeTimeoutMs = 12 * 3_600_000;
/** From git's end until the gateway's line about what it refused has been read. */
const decisionTimeoutMs = 2_000;

/** System programs only: an agent may have put a `git` of its own into its home. */
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const environment = {
  PATH: path,
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '',
  SSH_ASKPASS: '',
  // What lies in Git LFS comes from servers that the repository names: `git lfs pull` fetches it when the user wants it.
  GIT_LFS_SKIP_SMUDGE: '1',
};

const settings = [
  // A redirect, or a setting that an agent left in its home, does not lead git to another transport.
  ...['protocol.allow=never', 'protocol.https.allow=always', 'protocol.http.allow=always'],
  ...['core.hooksPath=/dev/null', 'advice.detachedHead=false'],
  // Bytes per second, seconds.
  ...['http.lowSpeedLimit=1', 'http.lowSpeedTime=300'],
].flatMap((setting) => ['-c', setting]);

/**
 * Clones inside the wall, as the agent's user, by the container's own git: nothing of the repository is read outside it. The whole
 * history comes, not a partial clone: each `git log -p` or `checkout` of one would need the server again, which the wall may not
 * let through by then. Submodules are left to the user, since they come from servers that the repository names. A clone that is
 * there already stays as it is; what an interrupted one left goes.
 *
 * @throws clone/… , with git's words in `details.words`
 */
export async function cloneInside(options: CloneOptions, report: Report, signal: AbortSignal): Promise<void> {
  const { engine, container, url, folder, name } = options;
  const place = { user: container.user, workingDir: '/', env: environment, signal };
  const target = `${folder}/${name}`;
  const draft = `${folder}/${draftName}`;
  // An empty folder is no clone: the engine makes one when a container shall begin there.
  const look = await engine.exec(container.containerId, ['sh', '-c', 'ls -A -- "$1" 2>/dev/null | head -n 1', 'sh', target], place);
  if (look.stdout.trim() !== '') return;
  await must(engine, container, ['rm', '-rf', '--', draft], { ...place, timeoutMs: tidyTimeoutMs });
  report('Asking the server', 0);
  await runGit(options, ['git', ...settings, 'clone', '--progress', '--no-recurse-submodules', '--', url, draft], report, signal);
  await must(engine, container, ['sh', '-c', 'rmdir -- "$2" 2>/dev/null; mv -- "$1" "$2"', 'sh', draft, target], place);
}

async function runGit(options: CloneOptions, argv: readonly string[], report: Report, signal: AbortSignal): Promise<void> {
  const { engine, wall, container, url } = options;
  const { workspaceId, containerId, user } = container;
  signal.throwIfAborted();
  const before = wall.decisions({ workspaceId, limit: 1, quiet: true })[0]?.seq ?? 0;
  const progress = new CloneProgress(report);
  const session = await engine.openExec(containerId, argv, { user, workingDir: '/', env: environment });
  const { exitCode, cut } = await follow(session, (chunk) => progress.take(chunk), signal);
  signal.throwIfAborted();
  if (exitCode === 0) return;
  if (cut !== null)
    throw new AppError('clone/silent', `The server has sent nothing for ${cut / 60_000} minutes, so the clone was ended. Try again.`, { details: { url } });
  const words = progress.words();
  const blocked = await readBlocked(wall, workspaceId, before, /returned error: (?:403|50\d)|Could not resolve|Connection/i.test(words.join('\n')));
  throw explainClone({ url, words, blocked });
}

type End = { readonly exitCode: number | null; /** Milliseconds of silence that ended it. */ readonly cut: number | null };

/** Waits for the end of git, and ends it when it is cancelled, or silent for too long. */
async function follow(session: ExecSession, onWords: (chunk: Buffer) => void, signal: AbortSignal): Promise<End> {
  const silence = Promise.withResolvers<number>();
  const cancelled = Promise.withResolvers<null>();
  const onAbort = (): void => cancelled.resolve(null);
  const timer = setTimeout(() => silence.resolve(silenceTimeoutMs), silenceTimeoutMs);
  const whole = setTimeout(() => silence.resolve(wholeTimeoutMs), wholeTimeoutMs);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  session.stream.resume();
  session.stderr.on('data', (chunk: Buffer) => {
    timer.refresh();
    onWords(chunk);
  });
  try {
    const exited = session.exited.then((exitCode) => ({ exitCode, cut: null }));
    return await Promise.race([
      exited,
      silence.promise.then((cut) => ({ exitCode: null, cut })),
      cancelled.promise.then(() => ({ exitCode: null, cut: null })),
    ]);
  } finally {
    clearTimeout(timer);
    clearTimeout(whole);
    signal.removeEventListener('abort', onAbort);
    await session.close();
  }
}

/** What the wall refused since. Its log is read behind the event, so when git's words sound like a refusal it is waited for. */
async function readBlocked(wall: CloneOptions['wall'], workspaceId: string, since: number, likely: boolean): Promise<ReturnType<Wall['decisions']>> {
  const read = (): ReturnType<Wall['decisions']> =>
    wall
      .decisions({ workspaceId, limit: 20, verdict: 'blocked' })
      .filter(({ seq }) => seq > since)
      .toReversed();
  if (!likely || read().length > 0) return read();
  const decided = Promise.withResolvers<void>();
  const dispose = wall.onDecision((decision) => {
    if (decision.workspaceId === workspaceId && decision.verdict === 'blocked') decided.resolve();
  });
  const timer = setTimeout(() => decided.resolve(), decisionTimeoutMs);
  await decided.promise;
  clearTimeout(timer);
  dispose();
  return read();
}

async function must(engine: Engine, container: AgentContainer, argv: readonly string[], place: Parameters<Engine['exec']>[2]): Promise<void> {
  const { exitCode, stderr } = await engine.exec(container.containerId, argv, place);
  if (exitCode === 0) return;
  throw new AppError('clone/failed', `The volume of the clone cannot be written: ${stderr.trim().slice(0, 300)}`, { details: { argv, exitCode } });
}
