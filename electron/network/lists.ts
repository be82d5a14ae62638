import { AppError } from '../../shared/errors.ts';
import type { LearningReview, Preset, Rule } from '../../shared/model/domain.ts';
import { letsOut } from './covering.ts';
import { formatList, readList } from './exchange.ts';
import { proposeList } from './learning.ts';
import { describePresets, isOn, type PresetData, presets, targetsOf } from './presets.ts';
import { addRuleLines, type RefusedLine, sortLines } from './rule-lines.ts';
import type { Owner, RuleInput, RuleOptions, Wall } from './types.ts';

type ListWall = Pick<
  Wall,
  'rules' | 'rulesOf' | 'draftRule' | 'addRules' | 'removeRules' | 'learning' | 'seenWhileLearning' | 'endLearning' | 'discardLearned'
>;
/** Preset → why it seems to be needed, in a sentence. */
type Because = ReadonlyMap<string, string>;
type Accepted = Pick<RuleInput, 'pattern' | 'ports' | 'allowPrivate'>;

/** What is done with many rules at a time: presets, reviews of learning, lists to be kept. */
export type Lists = {
  readonly presets: (owner: Owner, because: Because) => Preset[];
  /** For a project where one is named, else for all. Takes away only what the preset itself added. Throws `domain/no-preset`, `domain/preset-stands`. */
  readonly setPreset: (owner: Owner, preset: string, on: boolean) => Promise<void>;
  readonly review: (workspaceId: string) => LearningReview | null;
  readonly accept: (workspaceId: string, rules: readonly Accepted[]) => Promise<readonly Rule[]>;
  readonly discard: (workspaceId: string) => void;
  /** Adds the lines that can be rules, all at once; the others are answered with what is wrong with them. */
  readonly addLines: (
    owner: Owner,
    text: string,
    options: RuleOptions,
  ) => Promise<{ readonly added: readonly Rule[]; readonly refused: readonly RefusedLine[] }>;
  readonly write: (owner: Owner) => string;
  /** Throws `domain/list-unknown`, `domain/list-too-long`. */
  readonly read: (
    owner: Owner,
    text: string,
    dryRun: boolean,
  ) => Promise<{ readonly format: string; readonly rules: readonly Rule[]; readonly refused: readonly RefusedLine[] }>;
};

/** As many as a gateway and a screen take without effort. */
const maxRules = 2000;

export function createLists(wall: ListWall): Lists {
  return {
    presets: (owner, because) => describePresets(rulesFor(wall, owner), because),
    async setPreset(owner, id, on) {
      const preset = presets.find((one) => one.id === id);
      if (preset === undefined) throw new AppError('domain/no-preset', `There is no preset "${id}". "forgehold domain preset list" names them.`);
      await (on ? turnOn(wall, owner, preset) : turnOff(wall, owner, preset));
    },
    review(workspaceId) {
      const time = wall.learning(workspaceId);
      return time && { ...time, learned: proposeList(wall.seenWhileLearning(workspaceId), presets, wall.rules(workspaceId)) };
    },
    async accept(workspaceId, rules) {
      const added = await wall.addRules(
        { workspaceId },
        rules.map((rule) => ({ ...rule, scope: 'project', addedBy: 'learning' })),
      );
      await wall.endLearning(workspaceId);
      wall.discardLearned(workspaceId);
      return added;
    },
    discard: (workspaceId) => wall.discardLearned(workspaceId),
    addLines: (owner, text, options) => addRuleLines(wall, owner, text, options),
    write: (owner) => formatList(rulesFor(wall, owner)),
    async read(owner, text, dryRun) {
      const { format, lines, refused } = readList(text);
      if (lines.length > maxRules)
        throw new AppError(
          'domain/list-too-long',
          `It has ${lines.length} rules, more than the ${maxRules} that are taken at once. Use wildcards, such as *.example.com.`,
        );
      const sorted = sortLines(wall, owner, lines, { addedBy: 'user', allowPrivate: false });
      const rules = dryRun ? sorted.inputs.map((input) => wall.draftRule(owner, input)) : await wall.addRules(owner, sorted.inputs);
      const all = [...refused, ...sorted.refused].toSorted((one, other) => one.line - other.line);
      return { format, rules: [...new Map(rules.map((rule) => [rule.id, rule])).values()], refused: all };
    },
  };
}

/** All that hold on a list: a project's too in a workspace, and those for all projects everywhere. */
function rulesFor(wall: ListWall, { workspaceId, projectId }: Owner): readonly Rule[] {
  if (workspaceId !== undefined) return wall.rules(workspaceId);
  return [...(projectId === undefined ? [] : wall.rulesOf({ projectId })), ...wall.rulesOf({})];
}

function scopeFor({ workspaceId, projectId }: Owner): 'project' | 'global' {
  return workspaceId === undefined && projectId === undefined ? 'global' : 'project';
}

/** What holds for the whole project already is not added again: it is not the preset's to take away. */
async function turnOn(wall: ListWall, owner: Owner, preset: PresetData): Promise<void> {
  const present = rulesFor(wall, owner).filter(({ scope }) => scope === 'project' || scope === 'global');
  const missing = targetsOf(preset).filter((target) => !present.some((rule) => letsOut(rule, target)));
  await wall.addRules(
    owner,
    missing.map((target) => toInput(target, owner, preset)),
  );
}

async function turnOff(wall: ListWall, owner: Owner, preset: PresetData): Promise<void> {
  const present = rulesFor(wall, owner);
  const scope = scopeFor(owner);
  const own = present.filter((rule) => rule.scope === scope && rule.addedBy === 'preset' && rule.preset === preset.id);
  if (own.length === 0 && isOn(preset, present))
    throw new AppError('domain/preset-stands', `Other rules let out what ${preset.title} needs. Take those away instead.`, { details: { preset: preset.id } });
  // What another preset needs that is on stays, as that one's.
  const others = presets.filter((other) => other.id !== preset.id && isOn(other, present));
  const heirs = own.map((rule) => ({ rule, heir: others.find((other) => targetsOf(other).some((target) => letsOut(rule, target))) }));
  await wall.addRules(
    owner,
    heirs.flatMap(({ rule, heir }) => (heir ? [toInput(rule, owner, heir)] : [])),
  );
  await wall.removeRules(heirs.flatMap(({ rule, heir }) => (heir ? [] : [rule.id])));
}

function toInput({ pattern, ports }: Pick<Rule, 'pattern'> & { readonly ports: readonly number[] }, owner: Owner, preset: PresetData): RuleInput {
  return { pattern, ports, allowPrivate: false, scope: scopeFor(owner), addedBy: 'preset', preset: preset.id };
}
