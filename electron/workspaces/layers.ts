import { isDeepStrictEqual } from 'node:util';
import type { EditPlan, OptionChanges, WorkspaceOptions } from '../../shared/model/options.ts';
import type { AgentDefinition } from '../agents/types.ts';
import type { Engine } from '../engine/types.ts';
import { refuseKeysInLayers, refuseLoaderVariables, refuseTooMuch } from './admission.ts';
import type { Book, Entry } from './book.ts';
import { defaultLimits } from './container-spec.ts';
import { findStaleMounts } from './mounts.ts';
import { builtInOptions, type CompleteOptions, type Layer, layOptions, limitsOf, pendingOptions, planEdit } from './options.ts';

export type LayersOptions = {
  readonly engine: Pick<Engine, 'info'>;
  /** The layers below a workspace's own, the strongest first. Only what the user has seen of the project's file. */
  readonly layersOf: (projectId: string) => Promise<readonly Layer[]>;
  /** Refuses what can be known to be wrong before anything is made. */
  readonly check: (projectId: string, options: CompleteOptions) => Promise<void>;
  readonly registry: { readonly all: () => readonly AgentDefinition[] };
};

/** Gathers what decides a workspace's options: its own layer, those of its project and installation, the machine. */
export class Layers {
  readonly #options: LayersOptions;

  constructor(options: LayersOptions) {
    this.#options = options;
  }

  /**
   * What a container would be made from.
   * @param own The workspace's own layer, without API keys.
   * @throws workspace/too-much, workspace/key-in-layer, workspace/loader-variable, and what reading the layers throws
   */
  async resolve(projectId: string, own: WorkspaceOptions): Promise<ReturnType<typeof layOptions>> {
    const { lay, machine } = await this.#look(projectId);
    const resolved = lay(own);
    refuseTooMuch(limitsOf(resolved.options), machine);
    refuseKeysInLayers(resolved.options.env, this.#options.registry.all());
    refuseLoaderVariables(resolved.options);
    return resolved;
  }

  /** As `resolve`, and known to be possible: for what is about to be made, or written down. Throws as `refuseBadOptions` besides. */
  async decide(projectId: string, own: WorkspaceOptions): Promise<CompleteOptions> {
    const { options } = await this.resolve(projectId, own);
    await this.#options.check(projectId, options);
    return options;
  }

  async plan(entry: Entry, mode: CompleteOptions['mode'], changes: OptionChanges): Promise<EditPlan> {
    const { projectId, asked, effective } = entry.record;
    const { lay } = await this.#look(projectId);
    return planEdit({ ...asked, mode }, changes, { ...effective, mode }, (own) => lay(own).options);
  }

  /** Learns anew what waits for a recreation: options that are decided otherwise now, mounts that lead elsewhere. */
  async refresh(book: Book, entry: Entry): Promise<void> {
    const [{ lay }, stale] = await Promise.all([this.#look(entry.record.projectId), findStaleMounts(entry.record.mountSources)]);
    const { asked, effective } = entry.record;
    const pending = pendingOptions(lay(asked).options, effective);
    const staleMounts = stale.map(({ source }) => source);
    if (isDeepStrictEqual([pending, staleMounts], [entry.pending ?? [], entry.staleMounts ?? []])) return;
    Object.assign(entry, { pending, staleMounts });
    book.publish(entry);
  }

  async #look(projectId: string): Promise<{
    readonly lay: (own: WorkspaceOptions) => ReturnType<typeof layOptions>;
    readonly machine: { readonly cpus: number; readonly memoryMb: number };
  }> {
    const [machine, weaker] = await Promise.all([this.#options.engine.info(), this.#options.layersOf(projectId)]);
    const builtIn = builtInOptions(defaultLimits(machine));
    return { machine, lay: (own) => layOptions([{ source: 'workspace', options: own }, ...weaker], builtIn) };
  }
}
