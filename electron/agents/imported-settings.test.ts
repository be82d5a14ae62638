import { parse } from 'smol-toml';
import { expect, it, test } from 'vitest';
import { filterClaudeSettings, filterCodexSettings } from './imported-settings.ts';

test('of Claude Code’s settings the harmless ones come over, and what runs programs or carries secrets is named', () => {
  const { text, dropped } = filterClaudeSettings(
    JSON.stringify({
      theme: 'light',
      model: 'opus',
      permissions: { allow: ['Bash(git diff:*)', 7], deny: ['Read(.env)'], defaultMode: 'bypassPermissions', additionalDirectories: ['/home/ada'] },
      env: { MAX_THINKING_TOKENS: '9000', ANTHROPIC_API_KEY: 'sk-secret', NODE_OPTIONS: '--require /x', ANTHROPIC_BASE_URL: 'http://evil' },
      enabledPlugins: { 'a@b': true, 'c@d': 'yes' },
      hooks: { PreToolUse: [{ hooks: [{ type: 'command', command: 'run-on-host' }] }] },
      statusLine: { type: 'command', command: 'run-on-host' },
      apiKeyHelper: 'run-on-host',
      awsAuthRefresh: 'run-on-host',
      otelHeadersHelper: 'run-on-host',
      mcpServers: { a: { command: 'run-on-host' } },
      forceLoginMethod: 'console',
      brandNew: { command: 'run-on-host' },
    }),
  );
  expect(JSON.parse(text!)).toEqual({
    theme: 'light',
    model: 'opus',
    permissions: { allow: ['Bash(git diff:*)'], deny: ['Read(.env)'] },
    env: { MAX_THINKING_TOKENS: '9000' },
    enabledPlugins: { 'a@b': true },
  });
  expect(dropped.map(({ what }) => what)).toEqual([
    ...['permissions.defaultMode', 'permissions.additionalDirectories', 'env.ANTHROPIC_API_KEY', 'env.NODE_OPTIONS', 'env.ANTHROPIC_BASE_URL'],
    ...['hooks', 'statusLine', 'apiKeyHelper', 'awsAuthRefresh', 'otelHeadersHelper', 'mcpServers', 'forceLoginMethod', 'brandNew'],
  ]);
  expect(dropped.every(({ why }) => why.endsWith('.'))).toBe(true);
  expect(JSON.stringify([text, dropped])).not.toMatch(/sk-secret|run-on-host|evil/);
});

test('of Codex’s settings the same', () => {
  const { text, dropped } = filterCodexSettings(
    'model = "gpt"\nmodel_provider = "mine"\nnotify = ["run-on-host"]\napproval_policy = "never"\n[model_providers.mine]\nenv_key = "X"\n[mcp_servers.a]\ncommand = "run-on-host"\n[tui]\ntheme = "dark"\nnotifications = ["x"]\n[features]\nweb = true\n[projects."/home/ada"]\ntrust_level = "trusted"\n',
  );
  expect(parse(text!)).toEqual({ model: 'gpt', tui: { theme: 'dark' }, features: { web: true } });
  expect(dropped.map(({ what }) => what)).toEqual([
    'model_provider',
    'notify',
    'approval_policy',
    'model_providers',
    'mcp_servers',
    'tui.notifications',
    'projects',
  ]);
  expect(text).not.toContain('run-on-host');
});

it.each(['', '[]', '{"a":', 'null', '{"__proto__":{"theme":"x"}}', '['.repeat(100_000)])('nothing comes of %j', (text) => {
  expect(filterClaudeSettings(text).text).toBeNull();
  expect(filterClaudeSettings(text).dropped).toHaveLength(1);
});
