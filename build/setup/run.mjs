import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Something the user can act on; its message is shown without a stack. */
export class SetupError extends Error {}

/** A line of progress. On stderr, since stdout belongs to what is started.
 * @param {string} line */
export function say(line) {
  process.stderr.write(`forgehold: ${line}\n`);
}

/** Says what is done now and, when it took over a second, how long it took.
 * @template T @param {string} what @param {() => Promise<T>} work @returns {Promise<T>} */
export async function step(what, work) {
  say(`${what}…`);
  const begun = Date.now();
  const result = await work();
  const seconds = (Date.now() - begun) / 1000;
  if (seconds >= 1) say(`${what}: done in ${seconds.toFixed(0)} s`);
  return result;
}

/**
 * Runs a program to its end; its output is shown only when it fails.
 * @param {string} program @param {readonly string[]} argv
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number }} [options] Default timeout: 15 minutes, a limit for hangs.
 * @returns {Promise<string>} stdout
 */
export async function run(program, argv, { cwd, env, timeoutMs = 15 * 60_000 } = {}) {
  const child = spawn(program, argv, { cwd, env, timeout: timeoutMs, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let all = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    all += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => (all += text));
  const status = await new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new SetupError(`${program} could not be started: ${cause.message}`, { cause })));
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  if (status !== 0) throw new SetupError(`${[program, ...argv].join(' ')} failed (${status}):\n${all.split('\n').slice(-40).join('\n').trim()}`);
  return stdout;
}

/**
 * Puts a program in our place. Where Node can, it truly takes our process; else it is our child, has our terminal and our signals,
 * and we end as it ends.
 * @param {string} program @param {readonly string[]} argv @param {NodeJS.ProcessEnv} [env]
 */
export function become(program, argv, env = process.env) {
  if (typeof process.execve === 'function' && process.platform !== 'win32') process.execve(program, [program, ...argv], env);
  else accompany(program, argv, env);
}

/** @param {string} program @param {readonly string[]} argv @param {NodeJS.ProcessEnv} env */
export function accompany(program, argv, env) {
  const child = spawn(program, argv, { stdio: 'inherit', env });
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'])) process.on(signal, () => child.kill(signal));
  // Ctrl-C reaches the whole foreground group, so the child has it already; sent to us alone, it must be passed on.
  process.on('SIGINT', () => void (process.stdin.isTTY || child.kill('SIGINT')));
  child.once('error', (cause) => {
    say(`${program} could not be started: ${cause.message}`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal ?? 'SIGTERM']));
}
