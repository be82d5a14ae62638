import { AppError } from '../../shared/errors.ts';
import type { Engine } from '../engine/types.ts';
import { isStillAllowed, mapFiles, type Refused } from './configuration.ts';
import type { DecisionStore } from './decision-store.ts';
import { GatewayLine } from './gateway-line.ts';
import type { Decided } from './log-line.ts';
import { buildMaps, diffCommands, type Maps } from './maps.ts';
import type { Policy } from './policy.ts';
import { applyFiles, endSessions, readRuntime, readSessions } from './runtime.ts';
import type { WallStore } from './store.ts';
import type { WallLog } from './types.ts';

export type EnforcementParts = {
  readonly engine: Engine;
  readonly store: WallStore;
  readonly decisions: DecisionStore;
  readonly policy: Policy;
  readonly log: WallLog;
};
type Target = { readonly workspaceId: string; readonly gateway: string; readonly refused: Refused; readonly nonce: string };

/** What the maps of a workspace are to hold now. */
export function desiredMaps({ store, policy }: Pick<EnforcementParts, 'store' | 'policy'>, workspaceId: string, nonce: string): Maps {
  const wall = store.wall(workspaceId);
  return buildMaps(policy.rules(workspaceId), wall?.mode ?? 'none', nonce, wall?.learning?.until);
}

/** Keeps one running gateway, and the connections through it, to what holds in its workspace. One thing after the other is the caller's part. */
export class Enforcement {
  readonly #parts: EnforcementParts;
  readonly #target: Target;
  readonly #line: GatewayLine;
  #applied: Maps | null = null;

  constructor(parts: EnforcementParts, target: Target) {
    this.#parts = parts;
    this.#target = target;
    this.#line = new GatewayLine(parts.engine, target.gateway, parts.log);
  }

  /** What the gateway holds, as far as we know; null when it must be asked. */
  get applied(): Maps | null {
    return this.#applied;
  }

  /** Both ways: what the gateway has and should not is taken away, what it lacks is added. Asked again when we did not do it all ourselves. */
  async synchronise(read?: Maps): Promise<void> {
    const { engine } = this.#parts;
    const { workspaceId, gateway, nonce } = this.#target;
    const before = this.#applied ?? read ?? (await readRuntime(engine, gateway)).maps;
    const isKnown = this.#applied !== null;
    this.#applied = null;
    const after = desiredMaps(this.#parts, workspaceId, nonce);
    const commands = diffCommands(before, after);
    // Over the line when we know what it will change; what a broken line has done is not known.
    if (isKnown && commands.length > 0 && !(await this.#line.apply(mapFiles(after, before), commands))) return this.synchronise();
    if (!isKnown && commands.length > 0) await applyFiles(engine, gateway, mapFiles(after), commands);
    // What was read and needed no change has been seen to be right already.
    if (!isKnown && commands.length > 0 && diffCommands((await readRuntime(engine, gateway)).maps, after).length > 0)
      throw new AppError('network/gateway-refused', 'The gateway does not hold the rules it was given. It is being started anew; try again in a moment.');
    this.#applied = after;
    await this.endStale();
  }

  /** Ends connections that rules and mode no longer allow. */
  async endStale(): Promise<void> {
    const { engine, decisions } = this.#parts;
    const stale = decisions.openConnections(this.#target.workspaceId).filter((connection) => !this.#allows(connection));
    if (stale.length === 0) return;
    const keys = new Set(stale.map(({ protocol, sourcePort }) => `${protocol}:${sourcePort}`));
    const sessions = await readSessions(engine, this.#target.gateway);
    const ours = sessions.filter(({ frontend, sourcePort }) => keys.has(`${frontend}:${sourcePort}`));
    if (ours.length > 0) await endSessions(engine, this.#target.gateway, ours);
  }

  /** A connection was let out that would not be any more: it was judged a moment before its rule went. */
  isOverdue(line: Decided): boolean {
    return line.verdict === 'allowed' && !this.#allows(line);
  }

  close(): void {
    this.#line.close();
  }

  #allows(connection: { readonly host: string; readonly port: number; readonly address: string }): boolean {
    const { store, policy } = this.#parts;
    const { workspaceId, refused } = this.#target;
    return isStillAllowed(policy.rules(workspaceId), store.wall(workspaceId)?.mode ?? 'none', refused, connection);
  }
}
