import { execFile } from 'node:child_process';

const timeoutMs = 5_000;

export type GitIdentity = { readonly name?: string; readonly email?: string };

/** The user's name and mail from his own git configuration, and nothing else of it: no helper, no signing key, no alias comes along. */
export async function readGitIdentity(home: string): Promise<GitIdentity> {
  const [name, email] = await Promise.all([readGlobal(home, 'user.name'), readGlobal(home, 'user.email')]);
  return { ...(name && { name }), ...(email && { email }) };
}

/** Empty when it is not set, or when there is no git. */
function readGlobal(home: string, key: string): Promise<string> {
  return new Promise((resolve) => {
    const options = { cwd: home, env: { ...process.env, HOME: home, GIT_TERMINAL_PROMPT: '0' }, timeout: timeoutMs };
    execFile('git', ['config', '--global', '--includes', '--get', key], options, (error, stdout) => resolve(error ? '' : stdout.replace(/\n$/, '')));
  });
}
