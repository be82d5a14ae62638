/** A command line as typed, or what is wrong with it. */
export type Words = { readonly words: readonly string[] } | { readonly problem: string };

/**
 * Splits a line into words as a POSIX shell would, but expands nothing: quotes hold spaces together, a backslash keeps the next
 * character. No shell ever sees it: the words are an argv.
 */
export function splitWords(text: string): Words {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!;
    if (quote === "'") {
      if (character === "'") quote = null;
      else word += character;
    } else if (character === '\\' && (quote === null || '"\\'.includes(text[at + 1] ?? ''))) {
      at += 1;
      if (at === text.length) return { problem: 'It ends in a backslash.' };
      word = (word ?? '') + text[at]!;
    } else if (character === quote) quote = null;
    else if (quote === null && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
    } else if (quote === null && /\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + character;
  }
  if (quote !== null) return { problem: `A quotation mark ${quote} is not closed.` };
  if (word !== null) words.push(word);
  return { words };
}

/** The line that `splitWords` reads as these words. */
export function joinWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
