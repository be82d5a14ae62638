import { AppError } from '../../shared/errors.ts';
import type { AgentType } from '../../shared/model/agent.ts';
import type { Secret } from '../../shared/secret.ts';
import { containerPaths } from '../engine/names.ts';
import type { Engine } from '../engine/types.ts';
import type { AgentContainer } from './types.ts';

/** On the runtime tmpfs: never on a disk, gone with the container. `forge-agent` reads them there. */
const keyFolder = `${containerPaths.runtime}/keys`;

/** The file of each kind of key an agent type knows. */
const keyFiles: Readonly<Record<AgentType, readonly string[]>> = { 'claude-code': ['claude-code', 'claude-code.oauth'], codex: ['codex'], shell: [] };

/** A long-lived token of `claude setup-token` goes another way into Claude Code than an API key. */
function fileFor(agent: AgentType, key: Secret<string>): string {
  return agent === 'claude-code' && key.expose().startsWith('sk-ant-oat') ? 'claude-code.oauth' : agent;
}

/** $1 folder, $2 file, the rest: files to remove; the key is the input. By rename: a reader sees the old key or the new one. */
const writeScript = `
set -eu
folder=$1 file=$2
shift 2
umask 077
mkdir -p "$folder"
cat > "$folder/.new.$$"
chmod 0400 "$folder/.new.$$"
mv -f "$folder/.new.$$" "$folder/$file"
for other do rm -f "$folder/$other"; done
`;

/** Writes the key by the input of a program, never by argument or environment, which the engine, its log and \`ps\` would show. */
export async function writeKey(engine: Engine, container: AgentContainer, key: Secret<string>): Promise<void> {
  const files = keyFiles[container.agent];
  if (files.length === 0) return;
  const file = fileFor(container.agent, key);
  const others = files.filter((name) => name !== file);
  await runInAgent(engine, container, ['sh', '-c', writeScript, 'sh', keyFolder, file, ...others], key.expose());
}

export async function removeKey(engine: Engine, container: AgentContainer): Promise<void> {
  const files = keyFiles[container.agent].map((name) => `${keyFolder}/${name}`);
  if (files.length > 0) await runInAgent(engine, container, ['rm', '-f', ...files]);
}

async function runInAgent(engine: Engine, { containerId, user }: AgentContainer, argv: readonly string[], stdin?: string): Promise<void> {
  const result = await engine.exec(containerId, argv, { user, ...(stdin !== undefined && { stdin }) });
  if (result.exitCode === 0) return;
  throw new AppError('agents/key-not-delivered', 'The API key could not be brought into the workspace. Stop and start it to try again.', {
    details: { containerId, exitCode: result.exitCode, stderr: result.stderr },
  });
}
