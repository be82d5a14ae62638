import { AppError } from '../../shared/errors.ts';
import type { Rule } from '../../shared/model/domain.ts';
import type { Owner, RuleInput, RuleOptions, Wall } from './types.ts';

/** What a line of a list asks for; `line` counts from 1. */
export type RuleLine = { readonly line: number; readonly text: string; readonly pattern: string } & Partial<
  Pick<RuleOptions, 'verdict' | 'ports' | 'http' | 'allowPrivate' | 'quiet' | 'note'>
>;
/** What stands in a list and can be no rule. */
export type RefusedLine = { readonly line: number; readonly text: string; readonly reason: string };

/** Longest note of a rule. */
const maxNote = 200;
/** As much of a line as is told. */
const maxText = 300;

/** `name`, `*.name` or `name:port` a line; `!` before it denies, `# …` behind it is its note. Empty lines and those of a comment alone say nothing. */
export function readRuleLines(text: string): readonly RuleLine[] {
  return text.split(/\r\n|\r|\n/).flatMap((text, index): RuleLine[] => {
    const hash = text.indexOf('#');
    const rule = (hash < 0 ? text : text.slice(0, hash)).trim();
    const note = hash < 0 ? '' : text.slice(hash + 1).trim();
    if (rule === '') return [];
    const denies = rule.startsWith('!');
    const pattern = denies ? rule.slice(1).trim() : rule;
    return [{ line: index + 1, text, pattern, ...(denies && { verdict: 'deny' as const }), ...(note !== '' && { note: note.slice(0, maxNote) }) }];
  });
}

/** Lines that can be rules, as what they ask for; the others with what is wrong with them. */
export function sortLines(
  wall: Pick<Wall, 'draftRule'>,
  owner: Owner,
  lines: readonly RuleLine[],
  options: RuleOptions,
): { readonly inputs: readonly RuleInput[]; readonly refused: readonly RefusedLine[] } {
  const refused: RefusedLine[] = [];
  const inputs = lines.flatMap(({ line, text, ...own }) => {
    const input = { ...options, ...own };
    try {
      wall.draftRule(owner, input);
      return [input];
    } catch (error) {
      // An owner that does not fit is no matter of one line.
      if (!(error instanceof AppError) || !error.code.startsWith('domain/') || error.code === 'domain/no-owner') throw error;
      refused.push({ line, text: text.slice(0, maxText), reason: error.message });
      return [];
    }
  });
  return { inputs, refused };
}

/** Adds the lines that can be rules, all at once; the others are answered with what is wrong with them. */
export async function addRuleLines(
  wall: Pick<Wall, 'draftRule' | 'addRules'>,
  owner: Owner,
  text: string,
  options: RuleOptions,
): Promise<{ readonly added: readonly Rule[]; readonly refused: readonly RefusedLine[] }> {
  const { inputs, refused } = sortLines(wall, owner, readRuleLines(text), options);
  return { added: await wall.addRules(owner, inputs), refused };
}
