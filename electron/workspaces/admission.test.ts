import { expect, test } from 'vitest';
import type { AgentDefinition } from '../agents/types.ts';
import { refuseKeysInLayers } from './admission.ts';

function agentOf(agent: string, keyNames: readonly string[]): AgentDefinition {
  const nothing = { userFiles: null, domains: [], environment: {} };
  return { agent, title: agent, keyNames, ...nothing, launch: () => ({ argv: [], workingDir: '/', env: {} }) };
}
const all = [agentOf('claude-code', ['ANTHROPIC_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN']), agentOf('mine', ['MINE_KEY', 'MINE_SECOND'])];

test.each([
  ['ANTHROPIC_API_KEY', 'claude-code'],
  ['CLAUDE_CODE_OAUTH_TOKEN', 'claude-code'],
  ['MINE_SECOND', 'mine'],
])('%s, under which any agent type knows its key, is refused in what is written down, and the refusal says where it goes', (name, agent) => {
  const refused = expect.objectContaining({ code: 'workspace/key-in-layer', message: expect.stringContaining(`forgehold agent key ${agent}`) });
  expect(() => refuseKeysInLayers({ EDITOR: 'vi', [name]: 'sk-1' }, all)).toThrow(refused);
  expect(() => refuseKeysInLayers({ EDITOR: 'vi' }, all)).not.toThrow();
});
