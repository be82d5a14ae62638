import type { Migration } from '../lib/database.ts';

export const networkMigrations: readonly Migration[] = [
  {
    name: 'network/1-rules-and-decisions',
    statements: [
      `CREATE TABLE network_wall (workspace_id TEXT PRIMARY KEY, project_id TEXT NOT NULL, mode TEXT NOT NULL, read_until INTEGER NOT NULL DEFAULT 0,
      last_seq INTEGER NOT NULL DEFAULT 0, boot TEXT NOT NULL DEFAULT '') STRICT`,
      `CREATE TABLE network_rule (workspace_id TEXT NOT NULL, pattern TEXT NOT NULL, allow_private INTEGER NOT NULL, added_by TEXT NOT NULL,
      added_at TEXT NOT NULL, PRIMARY KEY (workspace_id, pattern)) STRICT`,
      `CREATE TABLE network_decision (workspace_id TEXT NOT NULL, seq INTEGER NOT NULL, key TEXT NOT NULL, time TEXT NOT NULL, host TEXT NOT NULL,
      port INTEGER NOT NULL, protocol TEXT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL, bytes_up INTEGER, bytes_down INTEGER,
      source_port INTEGER NOT NULL, address TEXT NOT NULL, open INTEGER NOT NULL, PRIMARY KEY (workspace_id, seq), UNIQUE (workspace_id, key)) STRICT`,
      'CREATE INDEX network_decision_open ON network_decision (workspace_id) WHERE open = 1',
      `CREATE TABLE network_blocked (workspace_id TEXT NOT NULL, host TEXT NOT NULL, port INTEGER NOT NULL, reason TEXT NOT NULL, tries INTEGER NOT NULL,
      first_at TEXT NOT NULL, last_at TEXT NOT NULL, dismissed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (workspace_id, host)) STRICT`,
    ],
  },
  {
    name: 'network/2-scopes-ports-and-verdicts',
    statements: [
      'ALTER TABLE network_rule RENAME TO network_rule_old',
      // `owner`: a workspace, a project, or '' for every project.
      `CREATE TABLE network_rule (id TEXT PRIMARY KEY, scope TEXT NOT NULL, owner TEXT NOT NULL, verdict TEXT NOT NULL, pattern TEXT NOT NULL,
      ports TEXT NOT NULL, http TEXT, allow_private INTEGER NOT NULL, quiet INTEGER NOT NULL, expires_at TEXT, used_at TEXT, note TEXT,
      added_by TEXT NOT NULL, preset TEXT, added_at TEXT NOT NULL) STRICT`,
      'CREATE INDEX network_rule_owner ON network_rule (owner)',
      'CREATE INDEX network_rule_expiry ON network_rule (expires_at) WHERE expires_at IS NOT NULL',
      // The id as \`ruleId\` makes it.
      `INSERT INTO network_rule SELECT substr(sha256(json_array('workspace', workspace_id, 'allow', pattern, json('[]'), NULL)), 1, 12), 'workspace',
      workspace_id, 'allow', pattern, '[]', NULL, allow_private, 0, NULL, NULL, NULL, added_by, NULL, added_at FROM network_rule_old`,
      'DROP TABLE network_rule_old',
      'ALTER TABLE network_wall ADD COLUMN learning_since TEXT',
      'ALTER TABLE network_wall ADD COLUMN learning_until TEXT',
      'ALTER TABLE network_decision ADD COLUMN rule TEXT',
      'ALTER TABLE network_decision ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0',
      'ALTER TABLE network_decision ADD COLUMN program TEXT',
      'ALTER TABLE network_decision ADD COLUMN worktree TEXT',
      'CREATE INDEX network_decision_rule ON network_decision (rule, time) WHERE rule IS NOT NULL',
      'CREATE INDEX network_decision_time ON network_decision (time)',
      'ALTER TABLE network_blocked ADD COLUMN program TEXT',
      'CREATE INDEX network_blocked_last ON network_blocked (workspace_id, last_at)',
      'CREATE TABLE network_test (workspace_id TEXT PRIMARY KEY, report TEXT NOT NULL) STRICT',
    ],
  },
];
