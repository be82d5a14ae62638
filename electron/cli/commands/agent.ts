import type { Command } from 'commander';
import { agentDefinitionSchema } from '../../../shared/model/agent-definition.ts';
import type { Agent } from '../../../shared/model/agent.ts';
import type { KeychainState, KeyKept } from '../../../shared/model/keychain.ts';
import { type Answer, leaf, type Options, said, type Session } from '../leaf.ts';
import { pick } from '../names.ts';
import { parseJson, readSource, UsageError } from '../output.ts';
import { visible } from '../safe-text.ts';
import { currentLayout, formatTable } from '../table.ts';

const keyPlaces: Readonly<Record<KeyKept, string>> = {
  keychain: 'in the keychain',
  memory: 'in memory',
  environment: 'from the environment',
  unread: 'in the locked keychain',
  unreadable: 'unreadable, set it again',
};

type Given = readonly (string | undefined)[];

export function declareCommands(group: Command): void {
  leaf(group, 'list', 'The agent types, with version, whether they are installed, and whether a key is present.', ['agent list'], list);
  leaf(
    group,
    'key <agent>',
    'Keep an API key in the keychain, or where there is none in memory until the core ends: from standard input, or typed without an echo.',
    ['agent key claude-code', 'agent key codex < key.txt', 'agent key codex --forget'],
    key,
  ).option('--forget', 'forget the key');
  leaf(group, 'keychain', 'Where API keys are kept: in the keychain, or why not.', ['agent keychain'], keychain);
  leaf(group, 'unlock', 'Ask the keychain to unlock: it shows its own dialog.', ['agent unlock'], unlock);
  leaf(group, 'forget-keys', 'Forget every API key, in memory and in the keychain.', ['agent forget-keys', 'agent forget-keys --yes'], forgetKeys).option(
    '--yes',
    'do not ask',
  );
  leaf(group, 'define <file>', 'Add an agent type as data (JSON; "-" is standard input), or replace one that was added.', ['agent define aider.json'], define);
  leaf(group, 'definitions', 'The agent types that were added, as data.', ['agent definitions --json'], definitions);
  leaf(group, 'forget <agent>', 'Take away an agent type that was added, unless a workspace uses it.', ['agent forget aider'], forget);
  leaf(group, 'imports <agent>', 'What an agent gets of your own files and settings, and what is left out and why.', ['agent imports claude-code'], imports);
}

async function find({ snapshot }: Session, wanted: string | undefined): Promise<Agent> {
  return pick((await snapshot()).agents, wanted ?? '', { what: 'agent', id: ({ agent }) => agent, names: ({ agent, title }) => [agent, title] });
}

async function list({ snapshot }: Session): Promise<Answer> {
  const { agents } = await snapshot();
  return {
    json: agents,
    text: () => {
      const rows = agents.map(({ agent, title, version, installed, keyName, keyKept }) => {
        const key = keyName === undefined ? '' : keyKept === undefined ? 'absent' : keyPlaces[keyKept];
        return [agent, title, version ?? '', version === undefined ? '' : installed ? 'installed' : 'comes when needed', key];
      });
      return formatTable(['AGENT', 'TITLE', 'VERSION', 'CLI', 'KEY'], rows, currentLayout());
    },
  };
}

async function key(session: Session, [wanted]: Given, options: Options): Promise<Answer> {
  const { agent, title } = await find(session, wanted);
  if (options['forget']) {
    const { keychain } = await session.client.call('agents.setKey', { agent, apiKey: null });
    const later = keychain.kind === 'kept' ? '' : ` What the keychain has of it goes when it can. ${keychain.why ?? ''}`;
    return said(`The key of ${visible(title)} is forgotten.${later.trimEnd()}`, { agent, keyPresent: false, keychain });
  }
  const { readSecret } = await import('../ask.ts');
  const apiKey = await readSecret(`API key of ${visible(title)} (not shown): `);
  if (apiKey === '') throw new UsageError('No key was given. Nothing was changed.');
  const { kept, keychain: state } = await session.client.call('agents.setKey', { agent, apiKey });
  const where = kept === 'keychain' ? `in ${visible(state.title)}` : `in memory until Forgehold ends. ${visible(describeKeychain(state))}`;
  return said(`The key of ${visible(title)} is kept ${where}${kept === 'keychain' ? '.' : ''}`, { agent, keyPresent: true, kept, keychain: state });
}

/** In words, what is so and what to do. */
function describeKeychain({ kind, title, why = '' }: KeychainState): string {
  if (kind === 'kept') return `Keys are kept in ${title}.`;
  if (kind === 'locked') return `${title} is locked. ${why} "forgehold agent unlock" asks for its password.`;
  return kind === 'absent' ? `No keychain: ${why}` : why;
}

async function keychain({ client }: Session): Promise<Answer> {
  const state = await client.call('keys.keychain', {});
  return said(visible(describeKeychain(state)), state);
}

async function unlock({ client }: Session): Promise<Answer> {
  const state = await client.call('keys.unlock', {});
  return said(visible(describeKeychain(state)), state);
}

async function forgetKeys({ client }: Session, _given: Given, options: Options): Promise<Answer> {
  if (options['yes'] !== true) {
    const { confirm } = await import('../ask.ts');
    await confirm('Forget every API key? Agents that run lose theirs, and no key comes back.', '--yes');
  }
  const state = await client.call('keys.forgetAll', {});
  const rest = state.kind === 'kept' ? '' : ` What a keychain has of them goes when it can. ${describeKeychain(state)}`;
  return said(`Every API key is forgotten.${visible(rest)}`, state);
}

async function define({ client }: Session, [file]: Given): Promise<Answer> {
  const source = await readSource(file!);
  const parsed = agentDefinitionSchema.safeParse(parseJson(source, file === '-' ? 'The input' : file!));
  if (!parsed.success) throw new UsageError(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'), parsed.error);
  const agent = await client.call('agents.define', parsed.data);
  return said(visible(`${agent.title} (${agent.agent}) is there.`), agent);
}

async function definitions({ client }: Session): Promise<Answer> {
  const found = await client.call('agents.definitions', {});
  return { json: found, text: () => found.map(({ agent, title }) => `${visible(`${agent}  ${title}`)}\n`).join('') || 'None was added.\n' };
}

async function forget(session: Session, [wanted]: Given): Promise<Answer> {
  const { agent } = await find(session, wanted);
  await session.client.call('agents.forget', { agent });
  return said(`${agent} is gone.`, { agent });
}

async function imports(session: Session, [wanted]: Given): Promise<Answer> {
  const { agent } = await find(session, wanted);
  const found = await session.client.call('agents.imports', { agent });
  return {
    json: found,
    text: () => {
      const seen = found.visible.map(({ path, copied }) => [path, copied ? 'a copy of its own' : 'read-only', '']);
      const left = found.dropped.map(({ path, what, why }) => [path, { text: `left out: ${what}`, style: 'warn' as const }, why]);
      return formatTable(['FILE', 'THE AGENT GETS', 'WHY'], [...seen, ...left], currentLayout());
    },
  };
}
