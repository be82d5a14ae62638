import { AppError } from '../../shared/errors.ts';
import { type AgentType, isBuiltIn } from '../../shared/model/agent.ts';
import type { Secret } from '../../shared/secret.ts';
import { containerPaths } from '../engine/names.ts';
import type { Engine } from '../engine/types.ts';
import type { AgentContainer, AgentDefinition } from './types.ts';

/** On the runtime tmpfs: never on a disk, gone with the container. `forge-agent` reads them there. */
const keyFolder = `${containerPaths.runtime}/keys`;

/** What lies in the key folder, by file name. Of a built-in agent one key: the first by the order of its names. */
export function keyFiles(
  { agent, keyNames }: Pick<AgentDefinition, 'agent' | 'keyNames'>,
  keys: ReadonlyMap<string, Secret<string>>,
): Map<string, Secret<string>> {
  const named = keyNames.flatMap((name, at) => {
    const key = keys.get(name) ?? (at === 0 ? keys.get('') : undefined);
    return key === undefined ? [] : [{ name, key }];
  });
  const [first] = named;
  if (!isBuiltIn(agent)) return new Map(named.map(({ name, key }) => [`own.${name}`, key]));
  return new Map(first === undefined ? [] : [[fileFor(agent, first.key), first.key]]);
}

/** A long-lived token of `claude setup-token` goes another way into Claude Code than an API key. */
function fileFor(agent: AgentType, key: Secret<string>): string {
  return agent === 'claude-code' && key.expose().startsWith('sk-ant-oat') ? 'claude-code.oauth' : agent;
}

/** $1 folder, $2 file; the key is the input. By rename: a reader sees the old key or the new one. */
const writeScript = `
set -eu
umask 077
mkdir -p "$1"
cat > "$1/.new.$$"
chmod 0400 "$1/.new.$$"
mv -f "$1/.new.$$" "$1/$2"
`;

/** $1 folder, the rest: what stays. */
const removeScript = `
set -eu
[ -d "$1" ] || exit 0
cd "$1"
shift
for file in * .new.*; do
  kept=
  for other do [ "$file" != "$other" ] || kept=1; done
  [ -n "$kept" ] || rm -f -- "$file"
done
`;

/** Brings the container's key files to what the vault has, by the input of a program, never by argument or environment, which the engine, its log and \`ps\` would show. */
export async function writeKeys(engine: Engine, container: AgentContainer, files: ReadonlyMap<string, Secret<string>>): Promise<void> {
  for (const [file, key] of files) await runInAgent(engine, container, ['sh', '-c', writeScript, 'sh', keyFolder, file], key.expose());
  await runInAgent(engine, container, ['sh', '-c', removeScript, 'sh', keyFolder, ...files.keys()]);
}

async function runInAgent(engine: Engine, { containerId, user }: AgentContainer, argv: readonly string[], stdin?: string): Promise<void> {
  const result = await engine.exec(containerId, argv, { user, ...(stdin !== undefined && { stdin }) });
  if (result.exitCode === 0) return;
  throw new AppError('agents/key-not-delivered', 'The API key could not be brought into the workspace. Stop and start it to try again.', {
    details: { containerId, exitCode: result.exitCode, stderr: result.stderr },
  });
}
