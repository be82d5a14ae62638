import { spawn } from 'node:child_process';
import { AppError } from '../../shared/errors.ts';

/** Where git shall work: from a folder, as the user's own git would find it, or on exactly this git dir. */
export type GitPlace = { readonly folder: string } | { readonly gitDir: string };

export type GitOptions = {
  readonly stdin?: string;
  /** Added to the environment: an index of our own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds; default 30,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

/**
 * No program of a repository's configuration runs, whatever it says. (A filter driver still could, where git reads or writes
 * the work tree: no call of ours does that on the host.)
 */
const hardening = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.pager=cat',
  'core.editor=false',
  'core.askPass=',
  'core.sshCommand=false',
  'credential.helper=',
  'diff.external=',
  'protocol.ext.allow=never',
  'safe.bareRepository=explicit',
  'gc.auto=0',
  'maintenance.auto=false',
].flatMap((setting) => ['-c', setting]);

/** More is a repository we would choke on anyway: 1 million refs are about 100 MB. */
const MAX_OUTPUT = 256 * 1024 * 1024;

/**
 * Runs the host's git on the user's own repository, hardened (design.md section 8). Never for places that an agent can write.
 * Throws `git/missing`, `git/untrusted` (another user's repository), `git/failed` (with git's own words), `git/timeout`.
 */
export async function runHostGit(place: GitPlace, args: readonly string[], options: GitOptions = {}): Promise<string> {
  const where = 'folder' in place ? ['-C', place.folder] : [`--git-dir=${place.gitDir}`];
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 30_000);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  const result = await spawnGit([...hardening, ...where, ...args], options, signal).catch((error: unknown) => {
    options.signal?.throwIfAborted();
    if (timeout.aborted) throw new AppError('git/timeout', `git ${args[0]} took too long on the host. Is the disk of the project reachable?`, { cause: error });
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new AppError('git/missing', 'This folder is a git repository, and there is no git on this computer. Install git, then try again.', {
        cause: error,
      });
    throw error;
  });
  if (result.exitCode === 0) return result.stdout;
  throw explain(args, result);
}

type GitResult = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string };

function spawnGit(args: readonly string[], options: GitOptions, signal: AbortSignal): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { env: { ...cleanEnvironment(), ...options.env }, signal, stdio: ['pipe', 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let size = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_OUTPUT) child.kill('SIGKILL');
      else stdout.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < 100) stderr.push(chunk);
    });
    child.on('error', reject);
    // A git that ended early does not read its input: its exit code tells, not the broken pipe.
    child.stdin.on('error', () => {});
    child.stdin.end(options.stdin ?? '');
    child.on('close', (exitCode) => resolve({ exitCode, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }));
  });
}

/** The user's own environment without what would point git elsewhere (`GIT_DIR` of a hook that started us). */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return { ...Object.fromEntries(inherited), GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', GIT_NO_LAZY_FETCH: '1', LC_ALL: 'C' };
}

function explain(args: readonly string[], result: GitResult): AppError {
  const words = result.stderr.trim().replace(/^fatal: /, '');
  const details = { arguments: args, exitCode: result.exitCode, stderr: words.slice(0, 4000) };
  if (words.includes('dubious ownership'))
    return new AppError(
      'git/untrusted',
      'Git refuses this repository because it belongs to another user. If you trust it, run: git config --global --add safe.directory <folder>',
      { details },
    );
  if (/unknown repository extension|unknown ref storage/.test(words))
    return new AppError('git/unsupported', `This repository uses a feature that the git on this computer does not know. Update git. It says: ${words}`, {
      details,
    });
  return new AppError('git/failed', `git ${args[0]} failed: ${words.split('\n')[0] ?? ''}`, { details });
}
