import domains from '../../resources/presets/domains/codex.json' with { type: 'json' };
import { agentEnvironment, startThroughLauncher } from './launcher.ts';
import type { AgentDefinition } from './types.ts';

/**
 * Codex. Options go in as `-c` overrides, so that its `config.toml` stays the agent's own. Its sandbox is off: it needs user
 * namespaces, which an agent container has not, and the container is the sandbox.
 */
export const codex: AgentDefinition = {
  agent: 'codex',
  title: 'Codex',
  keyNames: ['OPENAI_API_KEY', 'CODEX_API_KEY'],
  domains,
  environment: agentEnvironment,
  launch({ program, workingDir, options, resume }) {
    const settings: readonly (readonly [string, string | boolean])[] = [
      ['sandbox_mode', 'danger-full-access'],
      // Without a sandbox `on-request` would never ask; `untrusted` asks for all but known reading commands.
      ['approval_policy', options.skipPermissions ? 'never' : 'untrusted'],
      ['check_for_update_on_startup', false],
      ...(options.model === undefined ? [] : [['model', options.model] as const]),
    ];
    // JSON's strings and booleans are TOML's.
    const flags = settings.flatMap(([name, value]) => ['-c', `${name}=${JSON.stringify(value)}`]);
    return startThroughLauncher('codex', program, { workingDir, resume, flags: [...flags, ...options.extraArguments] });
  },
};
