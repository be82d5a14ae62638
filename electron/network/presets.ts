import { z } from 'zod';
import data from '../../resources/presets/domains.json' with { type: 'json' };
import { type Preset, presetSchema, type Rule } from '../../shared/model/domain.ts';
import { letsOut, type Reach } from './covering.ts';

/** A name as the wall takes it, or its labels. */
const nameSchema = z.union([z.string(), z.array(z.string())]).transform((name) => (typeof name === 'string' ? name : name.join('.')));

const dataSchema = z.strictObject({
  title: z.string(),
  kind: presetSchema.shape.kind,
  domains: z.array(nameSchema).min(1),
  /** Files of a project's root that tell of it, the surest first. */
  files: z.array(z.string()).default([]),
  /** Hosts of git remotes that tell of it. */
  remotes: z.array(nameSchema).default([]),
});

export type PresetData = z.infer<typeof dataSchema> & { readonly id: string };

/** In the order in which they are shown. */
export const presets: readonly PresetData[] = Object.entries(data).map(([id, preset]) => ({ id, ...dataSchema.parse(preset) }));

/** What the domains of a preset let out: `name` on 80 and 443, `name:port` on that port. */
export function targetsOf({ domains }: Pick<PresetData, 'domains'>): readonly Reach[] {
  return domains.map((domain) => {
    const [pattern = '', port] = domain.split(':');
    return { pattern, ports: port === undefined ? [] : [Number(port)] };
  });
}

export function isOn(preset: PresetData, rules: readonly Rule[]): boolean {
  return targetsOf(preset).every((target) => rules.some((rule) => letsOut(rule, target)));
}

/**
 * The presets, those first that something tells of.
 *
 * @param rules That hold on the list in question.
 * @param because Preset → why it seems to be needed, in a sentence.
 */
export function describePresets(rules: readonly Rule[], because: ReadonlyMap<string, string>): Preset[] {
  const described = presets.map((preset) => {
    const reason = because.get(preset.id);
    return {
      ...{ id: preset.id, title: preset.title, kind: preset.kind, domains: [...preset.domains], on: isOn(preset, rules) },
      ...(reason !== undefined && { because: reason }),
    };
  });
  return described.toSorted((one, other) => Number(other.because !== undefined) - Number(one.because !== undefined));
}
