import presets from '../../resources/presets/domains.json' with { type: 'json' };
import { filterCodexSettings } from './imported-settings.ts';
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
  userFiles: { folder: '.codex', names: ['AGENTS.md', 'prompts', 'skills'], settings: { name: 'config.toml', filter: filterCodexSettings } },
  domains: presets.codex.domains,
  environment: agentEnvironment,
  launch({ tools, version, workingDir, options, session }) {
    const settings: readonly (readonly [string, string | boolean])[] = [
      ['sandbox_mode', 'danger-full-access'],
      // Without a sandbox `on-request` would never ask; `untrusted` asks for all but known reading commands.
      ['approval_policy', options.skipPermissions ? 'never' : 'untrusted'],
      ['check_for_update_on_startup', false],
      // Text that comes fast (a script's, or typed over a slow line) would be taken for a paste, and the Enter after it for a line of it.
      // Our terminals bracket what is pasted, so nothing needs to be guessed.
      ['disable_paste_burst', true],
      ...(options.model === undefined ? [] : [['model', options.model] as const]),
    ];
    // JSON's strings and booleans are TOML's.
    const flags = settings.flatMap(([name, value]) => ['-c', `${name}=${JSON.stringify(value)}`]);
    return startThroughLauncher('codex', tools.path('codex', version), { workingDir, session, flags: [...flags, ...options.extraArguments] });
  },
};
