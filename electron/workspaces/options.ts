import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import type { EditPlan, OptionChanges, OptionName, OptionSource, ResolvedOptions, WorkspaceOptions } from '../../shared/model/options.ts';
import { workspaceOptionsSchema } from '../../shared/model/options.ts';
import type { Limits } from '../../shared/model/workspace-parts.ts';

/** Every option decided: what a container is made from. Empty texts and lists mean Forgehold's own choice. */
export const completeOptionsSchema = workspaceOptionsSchema.required();
export type CompleteOptions = z.infer<typeof completeOptionsSchema>;

export type Layer = { readonly source: Exclude<OptionSource, 'built-in'>; readonly options: WorkspaceOptions };

export const optionNames = Object.keys(workspaceOptionsSchema.shape) as readonly OptionName[];

/** What takes effect without a new container: at once, or (model, permissions, arguments) with the agent's next start. Domains are only ever added. */
const live: ReadonlySet<OptionName> = new Set([
  'mode',
  'cpus',
  'memoryMb',
  'pidsLimit',
  'domains',
  'skipPermissions',
  'model',
  'extraArguments',
] satisfies OptionName[]);

/** Forgehold's own layer, the weakest. */
export function builtInOptions(limits: Limits): CompleteOptions {
  return {
    mode: 'restricted',
    env: {},
    ...limits,
    image: '',
    command: [],
    mounts: [],
    caches: [],
    groups: [],
    networks: [],
    workingFolder: '',
    labels: {},
    systemPackages: false,
    agentVersion: '',
    skipPermissions: false,
    model: '',
    extraArguments: [],
    domains: [],
  };
}

/** @param layers From the strongest to the weakest. `env` is merged by name, everything else is decided as a whole. */
export function layOptions(layers: readonly Layer[], builtIn: CompleteOptions): ResolvedOptions & { readonly options: CompleteOptions } {
  const decided = Object.fromEntries(
    optionNames.map((name) => {
      const deciding = layers.find(({ options }) => options[name] !== undefined);
      return [name, { value: deciding?.options[name] ?? builtIn[name], source: deciding?.source ?? ('built-in' as const) }];
    }),
  );
  const env = Object.assign({}, builtIn.env, ...layers.toReversed().map(({ options }) => options.env ?? {})) as CompleteOptions['env'];
  const values = Object.fromEntries(optionNames.map((name) => [name, decided[name]?.value]));
  const sources = Object.fromEntries(optionNames.map((name) => [name, decided[name]?.source]));
  return { options: { ...(values as CompleteOptions), env }, sources };
}

/** Null takes an option out of the layer, so that the weaker ones decide again. */
export function applyChanges(layer: WorkspaceOptions, changes: OptionChanges): WorkspaceOptions {
  const next = new Map<string, unknown>(Object.entries(layer));
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) next.delete(name);
    else if (value !== undefined) next.set(name, value);
  }
  return Object.fromEntries(next) as WorkspaceOptions;
}

/**
 * What the changes of a workspace's own layer would do.
 *
 * @param effective What it runs with now.
 * @param resolve Lays the weaker layers under one.
 */
export function planEdit(
  asked: WorkspaceOptions,
  changes: OptionChanges,
  effective: CompleteOptions,
  resolve: (own: WorkspaceOptions) => CompleteOptions,
): EditPlan {
  const after = resolve(applyChanges(asked, changes));
  const changed = optionNames.filter((name) => changes[name] !== undefined && !isDeepStrictEqual(after[name], effective[name]));
  return { live: changed.filter((name) => live.has(name)), recreate: changed.filter((name) => !live.has(name)) };
}

/** Options that wait for a recreation. */
export function pendingOptions(resolved: CompleteOptions, effective: CompleteOptions): OptionName[] {
  return optionNames.filter((name) => !live.has(name) && !isDeepStrictEqual(resolved[name], effective[name]));
}

/** What it runs with once the live ones of an edit have taken effect. */
export function withLive(effective: CompleteOptions, resolved: CompleteOptions, names: readonly OptionName[]): CompleteOptions {
  return { ...effective, ...Object.fromEntries(names.filter((name) => live.has(name)).map((name) => [name, resolved[name]])) };
}

export function limitsOf({ cpus, memoryMb, pidsLimit }: CompleteOptions): Limits {
  return { cpus, memoryMb, pidsLimit };
}
