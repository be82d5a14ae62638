import type { Rule } from '../../../shared/model/domain.ts';

/** Deny rules first, since they win; then by name, so that a row stays where it is however often it is used. */
export function sortRules(rules: readonly Rule[]): readonly Rule[] {
  return rules.toSorted((a, b) => {
    if (a.verdict !== b.verdict) return a.verdict === 'deny' ? -1 : 1;
    return bareName(a).localeCompare(bareName(b), 'en') || a.pattern.localeCompare(b.pattern, 'en') || a.id.localeCompare(b.id, 'en');
  });
}

function bareName({ pattern }: Rule): string {
  return pattern.replace(/^\*\./, '');
}

/** Every word of the text has to be somewhere in the rule's name or in what `more` says of it. */
export function filterRules(rules: readonly Rule[], text: string, more: (rule: Rule) => readonly string[]): readonly Rule[] {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rules;
  return rules.filter((rule) => {
    const facts = [rule.pattern, rule.note ?? '', rule.verdict === 'deny' ? 'deny denied' : '', ...more(rule)].join(' ').toLowerCase();
    return words.every((word) => facts.includes(word));
  });
}

/** What takes a change back: rules that were not there before go, those that were are put back as they were. */
export type UndoStep = { readonly remove: readonly string[]; readonly restore: readonly Rule[] };

/** Of these rules only: others may have been changed by somebody else meanwhile. */
export function undoOf(before: readonly Rule[], after: readonly Rule[], touched: (rule: Rule) => boolean): UndoStep {
  const known = new Map(before.map((rule) => [rule.id, rule]));
  const now = new Map(after.map((rule) => [rule.id, rule]));
  return {
    remove: after.filter((rule) => touched(rule) && !known.has(rule.id)).map((rule) => rule.id),
    restore: before.filter((rule) => touched(rule) && !isSame(rule, now.get(rule.id))),
  };
}

/** How often a rule was used is no change of it. */
function isSame(rule: Rule, other: Rule | undefined): boolean {
  return other !== undefined && facts(rule) === facts(other);
}

function facts(rule: Rule): string {
  return JSON.stringify(Object.entries({ ...rule, hits: undefined, lastHitAt: undefined }).toSorted(([a], [b]) => a.localeCompare(b)));
}
