import { agentEnvironment } from './launcher.ts';
import type { AgentDefinition } from './types.ts';

/** No agent at all: a login shell behind the wall. */
export const shell: AgentDefinition = {
  agent: 'shell',
  title: 'Shell',
  keyNames: [],
  userFiles: null,
  domains: [],
  environment: agentEnvironment,
  launch: ({ workingDir }) => ({ argv: ['bash', '-l'], workingDir, env: {} }),
};
