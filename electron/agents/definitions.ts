import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { createEmitter, type Dispose } from '../../shared/disposable.ts';
import { AppError } from '../../shared/errors.ts';
import { agentDefinitionSchema, type AgentDefinitionData } from '../../shared/model/agent-definition.ts';
import { type AgentType, isBuiltIn } from '../../shared/model/agent.ts';
import { type Migration, transaction } from '../lib/database.ts';
import { checkDefinition, pinOf, toDefinition } from './added-agent.ts';
import type { Manifest } from './npm-registry.ts';
import { type PinnedTool, type Pins, toolSchema } from './pins.ts';
import { keyNames as builtInKeyNames } from './registry.ts';
import type { AgentDefinition } from './types.ts';

export const agentsMigration: Migration = {
  name: 'agents/1-definitions',
  statements: [
    // `pin`: its package as it was when it was defined; null when it lies in the image.
    `CREATE TABLE agent_definition (agent TEXT PRIMARY KEY, body TEXT NOT NULL, pin TEXT) STRICT`,
    // Versions somebody has asked for, with what their content must be.
    `CREATE TABLE tool_pin (tool TEXT NOT NULL, version TEXT NOT NULL, platform TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (tool, version, platform)) STRICT`,
  ],
};

/** The agent types that the user added, as data in the database. */
export type Definitions = {
  readonly all: () => readonly AgentDefinitionData[];
  readonly agents: () => readonly AgentDefinition[];
  readonly keyNames: () => Readonly<Record<AgentType, readonly string[]>>;
  /** The packages of those that come from npm. */
  readonly pins: () => Pins;
  /**
   * Adds one, or replaces one of the same name. The package is looked up now, and its content pinned.
   * Throws `agents/built-in`, `agents/definition`, `agents/needs-dependencies`, `agents/platform`, `domain/malformed`, `tools/unknown-version`, `tools/download-failed`.
   */
  readonly define: (data: AgentDefinitionData, signal?: AbortSignal) => Promise<void>;
  /** Throws `agents/built-in`, `agents/unknown`, `agents/in-use`. `workspaces`: names of those that have this agent. */
  readonly forget: (agent: AgentType, workspaces: readonly string[]) => void;
  readonly onChange: (listener: () => void) => Dispose;
};

export type DefinitionsOptions = {
  readonly database: DatabaseSync;
  readonly fetchManifest: (name: string, version: string, signal?: AbortSignal) => Promise<Manifest>;
  readonly parsePattern: (pattern: string) => string;
};

type Added = { readonly data: AgentDefinitionData; readonly agent: AgentDefinition; readonly pin: PinnedTool | null };

export function createDefinitions({ database, fetchManifest, parsePattern }: DefinitionsOptions): Definitions {
  const write = database.prepare('INSERT OR REPLACE INTO agent_definition (agent, body, pin) VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM agent_definition WHERE agent = ?');
  const forgetPins = database.prepare('DELETE FROM tool_pin WHERE tool = ?');
  const changes = createEmitter<void>();
  const added = new Map(database.prepare('SELECT body, pin FROM agent_definition ORDER BY rowid').all().map(read));

  return {
    all: () => [...added.values()].map(({ data }) => data),
    agents: () => [...added.values()].map(({ agent }) => agent),
    keyNames: () => Object.fromEntries([...added.values()].map(({ data }) => [data.agent, data.keyNames])),
    pins: () => Object.fromEntries([...added].flatMap(([agent, { pin }]) => (pin === null ? [] : [[agent, pin]]))),
    async define(data, signal) {
      checkDefinition(data, parsePattern, [...Object.values(builtInKeyNames), ...[...added.values()].map(({ agent }) => agent.keyNames)].flat());
      const { program } = data;
      const pin =
        program.kind === 'npm' ? pinOf(await fetchManifest(program.package, program.version, signal), program.executable, fingerprint(program)) : null;
      transaction(database, () => {
        forgetPins.run(data.agent);
        write.run(data.agent, JSON.stringify(data), pin === null ? null : JSON.stringify(pin));
      });
      added.set(data.agent, { data, pin, agent: toDefinition(data) });
      changes.emit();
    },
    forget(agent, names) {
      if (isBuiltIn(agent)) throw new AppError('agents/built-in', 'An agent type that comes with Forgehold stays.', { details: { agent } });
      if (!added.has(agent)) throw new AppError('agents/unknown', `There is no agent type "${agent}".`, { details: { agent } });
      if (names.length > 0)
        throw new AppError('agents/in-use', `Workspaces have this agent: ${names.join(', ')}. Remove them first.`, { details: { agent, workspaces: names } });
      transaction(database, () => {
        forgetPins.run(agent);
        remove.run(agent);
      });
      added.delete(agent);
      changes.emit();
    },
    onChange: (listener) => changes.on(listener),
  };
}

function read(row: Record<string, unknown>): [AgentType, Added] {
  const data = agentDefinitionSchema.parse(JSON.parse(row['body'] as string));
  const pin = row['pin'] === null ? null : toolSchema.parse(JSON.parse(row['pin'] as string));
  return [data.agent, { data, pin, agent: toDefinition(data) }];
}

function fingerprint(program: AgentDefinitionData['program']): string {
  return createHash('sha256').update(JSON.stringify(program)).digest('hex').slice(0, 8);
}
