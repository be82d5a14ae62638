import presets from '../../resources/presets/domains.json' with { type: 'json' };
import { filterClaudeSettings } from './imported-settings.ts';
import { agentEnvironment, startThroughLauncher } from './launcher.ts';
import type { AgentDefinition } from './types.ts';

/** Claude Code. Its settings and traps are documented at https://code.claude.com/docs; the rest was tried. */
export const claudeCode: AgentDefinition = {
  agent: 'claude-code',
  title: 'Claude Code',
  keyNames: ['ANTHROPIC_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN'],
  userFiles: {
    folder: '.claude',
    names: ['CLAUDE.md', 'commands', 'agents', 'skills', 'rules', 'output-styles'],
    copied: ['plugins'],
    settings: { name: 'settings.json', filter: filterClaudeSettings },
  },
  domains: presets['claude-code'].domains,
  environment: {
    ...agentEnvironment,
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    // It would fetch a list of plugins from github.com at each start, and the user be asked about a name he never used.
    CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL: '1',
    CLAUDE_CODE_TMUX_TRUECOLOR: '1',
  },
  launch({ tools, version, workingDir, options, session }) {
    const flags = [
      ...(options.skipPermissions ? ['--dangerously-skip-permissions'] : []),
      ...(options.model === undefined ? [] : ['--model', options.model]),
      ...options.extraArguments,
    ];
    return startThroughLauncher('claude-code', tools.path('claude-code', version), { workingDir, session, flags });
  },
};
