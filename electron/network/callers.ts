import type { Decision } from '../../shared/model/domain.ts';
import type { Engine, EngineEvent } from '../engine/types.ts';
import { Attribution } from './attribution.ts';
import type { DecisionStore } from './decision-store.ts';
import type { Decided, Ended } from './log-line.ts';
import type { WallLog } from './types.ts';

/** An older line, read after a while, says nothing: its port may be another program's by now. Milliseconds; clocks of two machines differ. */
const FRESH = 30_000;

export type CallersParts = {
  readonly engine: Pick<Engine, 'listContainers' | 'openExec'>;
  readonly decisions: DecisionStore;
  readonly log: WallLog;
  /** A recorded decision is known better. */
  readonly onDecision: (decision: Decision) => void;
};

/** Who made the connections of each workspace: asked once they are recorded, and added when the container answers. */
export class Callers {
  readonly #parts: CallersParts;
  readonly #attributions = new Map<string, Attribution>();

  constructor(parts: CallersParts) {
    this.#parts = parts;
  }

  /** Where a workspace's project lies in its container. */
  know(workspaceId: string, projectFolder: string | undefined): void {
    if (projectFolder !== undefined) this.#of(workspaceId).projectFolder = projectFolder;
  }

  ask(workspaceId: string, lines: readonly (Decided | Ended)[]): void {
    for (const line of lines) if (line.event === 'decided' && Math.abs(Date.now() - line.at) < FRESH) this.#of(workspaceId).ask(line.id, line.source);
  }

  /** What runs in a container begins and ends with it. */
  onEvent({ type, action, belonging }: EngineEvent): void {
    if (type === 'container' && belonging.role === 'agent' && (action === 'start' || action === 'die'))
      this.#attributions.get(belonging.workspaceId ?? '')?.end();
  }

  forget(workspaceId: string): void {
    this.#attributions.get(workspaceId)?.end();
    this.#attributions.delete(workspaceId);
  }

  close(): void {
    for (const attribution of this.#attributions.values()) attribution.end();
  }

  #of(workspaceId: string): Attribution {
    const known = this.#attributions.get(workspaceId);
    if (known !== undefined) return known;
    const { engine, decisions, log, onDecision } = this.#parts;
    const attribution = new Attribution({
      engine,
      workspaceId,
      onCaller(key, caller) {
        const decision = decisions.attribute(workspaceId, key, caller);
        if (decision !== null) onDecision(decision);
      },
      log,
    });
    this.#attributions.set(workspaceId, attribution);
    return attribution;
  }
}
