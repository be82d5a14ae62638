import { parse as parseToml, stringify as stringifyToml } from 'smol-toml';
import type { Dropped } from './types.ts';

/**
 * The user's own settings of an agent, for a workspace: what is known to be harmless, and nothing else. What would run programs of the
 * host, carries secrets, or decides what Forgehold decides stays outside and is named. A key that nobody here knows is one of those.
 */
export type Imported = { readonly text: string | null; readonly dropped: readonly Omit<Dropped, 'path'>[] };

/** @see https://code.claude.com/docs/en/settings (looked at for 2.1.329) */
export function filterClaudeSettings(text: string): Imported {
  return filter(parseJson(text), claudeKeys, claudeReasons, (kept) => `${JSON.stringify(kept, null, 2)}\n`);
}

/** @see https://developers.openai.com/codex/config-reference (looked at for 0.169) */
export function filterCodexSettings(text: string): Imported {
  return filter(parseTomlTable(text), codexKeys, codexReasons, (kept) => stringifyToml(kept));
}

type Values = Record<string, unknown>;
type Filtered = { readonly value?: unknown; readonly dropped?: readonly { readonly what: string; readonly why: string }[] };
type Filter = (value: unknown) => Filtered;

const runsPrograms = 'It runs programs of your computer.';
const decidedHere = 'Forgehold decides it for each workspace.';
const holdsSecrets = 'It may hold secrets. Give keys to Forgehold instead.';
const namesFolders = 'It names folders of your computer.';
const wrongForm = 'It is not of the form that Forgehold knows.';
const unknownKey = 'Forgehold does not know what it does.';

function plain(value: unknown): Filtered {
  const fits = typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)) || (typeof value === 'string' && value.length <= 1000);
  return fits ? { value } : { dropped: [{ what: '', why: wrongForm }] };
}

function flags(value: unknown): Filtered {
  if (!isTable(value)) return { dropped: [{ what: '', why: wrongForm }] };
  return { value: Object.fromEntries(Object.entries(value).filter(([, on]) => typeof on === 'boolean')) };
}

function table(keys: ReadonlyMap<string, Filter>, reasons: ReadonlyMap<string, string>): Filter {
  return (value) => (isTable(value) ? filterTable(value, keys, reasons) : { dropped: [{ what: '', why: wrongForm }] });
}

/** Patterns like `Bash(git diff:*)`: they say what is asked, and run nothing. */
function patterns(value: unknown): Filtered {
  if (!Array.isArray(value)) return { dropped: [{ what: '', why: wrongForm }] };
  return { value: value.filter((one) => typeof one === 'string' && one.length <= 1000).slice(0, 1000) };
}

/** Variables that only tune the agent. Anything else may be a secret, an address, or the name of a program. */
const tuning =
  /^(?:ANTHROPIC_(?:SMALL_FAST_)?MODEL|ANTHROPIC_DEFAULT_[A-Z]+_MODEL|BASH_(?:DEFAULT_TIMEOUT_MS|MAX_TIMEOUT_MS|MAX_OUTPUT_LENGTH)|MAX_THINKING_TOKENS|MAX_MCP_OUTPUT_TOKENS|MCP_TIMEOUT|MCP_TOOL_TIMEOUT|CLAUDE_CODE_(?:MAX_OUTPUT_TOKENS|DISABLE_[A-Z_]+|EFFORT_LEVEL|SUBAGENT_MODEL)|CLAUDE_BASH_MAINTAIN_PROJECT_WORKING_DIR|DISABLE_[A-Z_]+)$/;

function environment(value: unknown): Filtered {
  if (!isTable(value)) return { dropped: [{ what: '', why: wrongForm }] };
  const kept = Object.entries(value).filter(([name, one]) => tuning.test(name) && typeof one === 'string' && one.length <= 200);
  const names = new Set(kept.map(([name]) => name));
  const left = Object.keys(value).filter((name) => !names.has(name));
  return {
    value: Object.fromEntries(kept),
    dropped: left.map((what) => ({ what, why: 'It may hold a secret, an address or a program. Set it on the workspace, where you want it.' })),
  };
}

const allPlain = (names: readonly string[]): (readonly [string, Filter])[] => names.map((name) => [name, plain] as const);

const claudeKeys = new Map<string, Filter>([
  ...allPlain(['$schema', 'theme', 'model', 'outputStyle', 'language', 'effortLevel', 'alwaysThinkingEnabled', 'includeCoAuthoredBy', 'cleanupPeriodDays']),
  ...allPlain(['spinnerTipsEnabled', 'showTurnDuration', 'prefersReducedMotion', 'terminalProgressBarEnabled', 'respectGitignore', 'autoCompactEnabled']),
  ...allPlain(['verbose', 'editorMode', 'viewMode']),
  ['attribution', table(new Map(allPlain(['commit', 'pr'])), new Map())],
  [
    'permissions',
    table(
      new Map([
        ['allow', patterns],
        ['deny', patterns],
        ['ask', patterns],
      ]),
      new Map([
        ['additionalDirectories', namesFolders],
        ['defaultMode', decidedHere],
        ['disableBypassPermissionsMode', decidedHere],
      ]),
    ),
  ],
  ['env', environment],
  ['enabledPlugins', flags],
]);

const claudeReasons = new Map<string, string>([
  ...['hooks', 'statusLine', 'subagentStatusLine', 'fileSuggestion', 'otelHeadersHelper', 'awsAuthRefresh', 'awsCredentialExport', 'gcpAuthRefresh'].map(
    (name) => [name, runsPrograms] as const,
  ),
  ...['apiKeyHelper', 'proxyAuthHelper'].map((name) => [name, 'It runs a program of your computer for a key. Give the key to Forgehold instead.'] as const),
  ...['mcpServers', 'enabledMcpjsonServers', 'disabledMcpjsonServers', 'enableAllProjectMcpServers', 'allowedMcpServers', 'deniedMcpServers'].map(
    (name) => [name, 'MCP servers run programs.'] as const,
  ),
  ...['forceLoginMethod', 'forceLoginOrgUUID', 'sandbox', 'skipDangerousModePermissionPrompt'].map((name) => [name, decidedHere] as const),
  ['extraKnownMarketplaces', 'It names places that programs are fetched from.'],
  ['plansDirectory', namesFolders],
  ['autoMemoryDirectory', namesFolders],
]);

const codexKeys = new Map<string, Filter>([
  ...allPlain(['model', 'model_reasoning_effort', 'model_reasoning_summary', 'model_verbosity', 'plan_mode_reasoning_effort', 'personality', 'service_tier']),
  ...allPlain(['hide_agent_reasoning', 'show_raw_agent_reasoning', 'project_doc_max_bytes', 'tool_output_token_limit', 'web_search']),
  ['tui', table(new Map(allPlain(['theme', 'animations', 'show_tooltips', 'alternate_screen'])), new Map())],
  ['history', table(new Map(allPlain(['persistence', 'max_bytes'])), new Map())],
  ['features', flags],
]);

const codexReasons = new Map<string, string>([
  ...['notify', 'hooks', 'mcp_servers'].map((name) => [name, runsPrograms] as const),
  ...['model_provider', 'model_providers', 'openai_base_url', 'chatgpt_base_url', 'otel'].map((name) => [name, holdsSecrets] as const),
  ...['approval_policy', 'sandbox_mode', 'sandbox_workspace_write', 'check_for_update_on_startup', 'disable_paste_burst', 'forced_login_method'].map(
    (name) => [name, decidedHere] as const,
  ),
  ...['shell_environment_policy'].map((name) => [name, 'It may hold secrets or name programs.'] as const),
  ...['projects', 'model_instructions_file', 'experimental_instructions_file', 'log_dir', 'sqlite_home'].map((name) => [name, namesFolders] as const),
]);

function filter(given: Values | string, keys: ReadonlyMap<string, Filter>, reasons: ReadonlyMap<string, string>, write: (kept: Values) => string): Imported {
  if (typeof given === 'string') return { text: null, dropped: [{ what: 'all of it', why: given }] };
  const { value, dropped = [] } = filterTable(given, keys, reasons);
  const kept = value as Values;
  return { text: Object.keys(kept).length === 0 ? null : write(kept), dropped };
}

function filterTable(given: Values, keys: ReadonlyMap<string, Filter>, reasons: ReadonlyMap<string, string>): Filtered {
  const kept: [string, unknown][] = [];
  const dropped: { what: string; why: string }[] = [];
  for (const [key, value] of Object.entries(given)) {
    const check = keys.get(key);
    if (!check) {
      dropped.push({ what: printable(key), why: reasons.get(key) ?? unknownKey });
      continue;
    }
    const result = check(value);
    if (result.value !== undefined) kept.push([key, result.value]);
    for (const { what, why } of result.dropped ?? []) dropped.push({ what: what === '' ? key : `${key}.${printable(what)}`, why });
  }
  return { value: Object.fromEntries(kept), dropped: dropped.slice(0, 200) };
}

/** Names come from a file: they are shown, so they hold nothing that moves other text about. */
function printable(name: string): string {
  return name.replaceAll(/[\p{Cc}\p{Cf}]/gu, '?').slice(0, 100);
}

function isTable(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function parseJson(text: string): Values | string {
  try {
    const value: unknown = JSON.parse(text);
    return isTable(value) ? value : 'It is no JSON object.';
  } catch (error) {
    return `It is no JSON: ${(error as Error).message.slice(0, 200)}`;
  }
}

function parseTomlTable(text: string): Values | string {
  try {
    return parseToml(text);
  } catch (error) {
    return `It is no TOML: ${(error as Error).message.split('\n')[0]?.slice(0, 200) ?? ''}`;
  }
}
