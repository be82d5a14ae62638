/** One line of a text of several, counted from 1; empty lines are left out. */
export type Line = { readonly line: number; readonly text: string };

export function readLines(text: string): readonly Line[] {
  return text.split(/\r?\n/).flatMap((written, at) => (written.trim() === '' ? [] : [{ line: at + 1, text: written }]));
}

/** A field that could not be read: the sentence that stands under it. */
export class Unreadable extends Error {}

/** `NAME=value` lines. A value is all that follows the first equals sign, quotes and spaces too. */
export function readPairs(text: string): Record<string, string> {
  const pairs = new Map<string, string>();
  for (const { line, text: written } of readLines(text)) {
    const at = written.indexOf('=');
    const name = (at < 0 ? written : written.slice(0, at)).trim();
    if (at < 0) throw new Unreadable(`Line ${line}: write NAME=value.`);
    if (pairs.has(name)) throw new Unreadable(`Line ${line}: ${name} is there twice.`);
    pairs.set(name, written.slice(at + 1));
  }
  return Object.fromEntries(pairs);
}

export function writePairs(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}

/** Names apart by spaces, commas or lines. */
export function readNames(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((name) => name !== ''))];
}
