import type { Rule } from '../../shared/model/domain.ts';
import type { OptionName } from '../../shared/model/options.ts';
import { findAgent } from './agent-container.ts';
import type { CompleteOptions } from './options.ts';
import { limitsOf } from './options.ts';
import type { WorkspaceRecord } from './records.ts';
import type { WorkspaceParts } from './types.ts';

type Parts = Pick<WorkspaceParts, 'engine' | 'wall'>;

/**
 * Brings the live options of an edit into effect. What the agent reads at its next start (model, permissions, arguments) needs nothing done.
 * A workspace without container takes its limits when it gets one.
 *
 * @param names The live ones of `planEdit`.
 * @throws engine/failed (the limit is below what is in use), domain/invalid, and what the wall throws
 */
export async function applyLive(parts: Parts, record: WorkspaceRecord, options: CompleteOptions, names: readonly OptionName[]): Promise<void> {
  const { workspaceId } = record;
  if (names.some((name) => name === 'cpus' || name === 'memoryMb' || name === 'pidsLimit')) {
    const container = await findAgent(parts.engine, record);
    if (container !== null) await parts.engine.updateContainer(container.id, limitsOf(options));
  }
  if (names.includes('domains')) await addDomains(parts, workspaceId, options.domains);
  if (names.includes('mode')) await parts.wall.setMode(workspaceId, options.mode);
}

/** Only adds: a rule that is there, or that the user took away since, is left to the list of allowed domains. */
export async function addDomains({ wall }: Pick<WorkspaceParts, 'wall'>, workspaceId: string, domains: readonly string[]): Promise<void> {
  const present = listAllowed(wall.rules(workspaceId));
  const missing = domains.filter((pattern) => !present.has(pattern));
  await wall.addRules(
    { workspaceId },
    missing.map((pattern) => ({ pattern, allowPrivate: false, addedBy: 'user' })),
  );
}

/** What rules let out whole, as an option of domains says it: `name`, or `name:port`. */
export function listAllowed(rules: readonly Rule[]): ReadonlySet<string> {
  const whole = rules.filter(({ verdict, http }) => verdict === 'allow' && http === undefined);
  return new Set(whole.flatMap(({ pattern, ports }) => (ports.length === 0 ? [pattern] : ports.map((port) => `${pattern}:${port}`))));
}
