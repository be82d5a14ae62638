/** Where a query is found in a text: the higher the score the better, and which characters to mark, as half-open ranges. */
export type Match = { readonly score: number; readonly ranges: readonly (readonly [number, number])[] };

const wordStart = 12;
const adjacent = 8;
const letter = 2;

/** Finds every word of the query, in any order. Null when one is missing. An empty query fits everything. */
export function fuzzyMatch(query: string, text: string): Match | null {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const lower = text.toLowerCase();
  const found = words.map((word) => matchWord(word, lower));
  if (found.some((match) => match === null)) return null;
  const marks = new Set(found.flatMap((match) => match!.marks));
  // Of two equal matches the shorter text is closer to what was typed.
  const score = found.reduce((sum, match) => sum + match!.score, 0) - Math.min(text.length, 80) / 20;
  return { score, ranges: toRanges([...marks].sort((a, b) => a - b)) };
}

type WordMatch = { readonly score: number; readonly marks: readonly number[] };

/** As a whole piece of the text, best at the beginning of a word; else by the beginnings of words: "sw" finds "Stop workspace". */
function matchWord(word: string, text: string): WordMatch | null {
  const whole = matchWhole(word, text);
  const begins = whole && startsWord(text, whole.marks[0]!);
  const initials = begins ? null : matchInitials(word, text);
  if (!whole || !initials) return whole ?? initials;
  return initials.score > whole.score ? initials : whole;
}

function matchWhole(word: string, text: string): WordMatch | null {
  const all = [...indexesOf(word, text)];
  const at = all.find((index) => startsWord(text, index)) ?? all[0];
  if (at === undefined) return null;
  const begins = startsWord(text, at);
  const score = word.length * (letter + (begins ? adjacent : adjacent / 2)) + (begins ? wordStart : 0) + (at === 0 ? wordStart / 2 : 0);
  return { score, marks: Array.from({ length: word.length }, (_, index) => at + index) };
}

/** Each letter begins a word of the text or follows the letter before it. Letters strewn about are no match that anybody means. */
function matchInitials(word: string, text: string): WordMatch | null {
  const marks = placeInitials(word, text, -1);
  if (!marks) return null;
  const starts = marks.filter((at) => startsWord(text, at)).length;
  return { score: word.length * letter + (starts * wordStart) / 2, marks };
}

function placeInitials(word: string, text: string, before: number): number[] | null {
  const [wanted] = word;
  if (wanted === undefined) return [];
  const places = [...indexesOf(wanted, text)].filter((at) => at > before && (startsWord(text, at) || (before >= 0 && at === before + 1)));
  for (const at of places) {
    const rest = placeInitials(word.slice(1), text, at);
    if (rest) return [at, ...rest];
  }
  return null;
}

function* indexesOf(word: string, text: string): Generator<number> {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) yield at;
}

function startsWord(text: string, at: number): boolean {
  return at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1]!);
}

function toRanges(marks: readonly number[]): (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (const mark of marks) {
    const last = ranges.at(-1);
    if (last && last[1] === mark) last[1] = mark + 1;
    else ranges.push([mark, mark + 1]);
  }
  return ranges;
}
