/** Characters that a terminal obeys or that bend the order of what is shown: controls (C0, C1, DEL), format characters (bidi, zero width), line and paragraph separators. */
const obeyed = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text of a stranger (a program's title, a commit, a host name) for a terminal: what it would obey is written out as `\u{1b}`. */
export function visible(text: string): string {
  return text.replace(obeyed, escape);
}

/** The same for text of several lines, which may hold tabs. */
export function visibleLines(text: string): string {
  return text.replace(obeyed, (character) => (character === '\n' || character === '\t' ? character : character === '\r' ? '' : escape(character)));
}

/** JSON that a terminal can show: the characters that JSON itself lets through are escaped too; it means the same. */
export function toSafeJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, null, indent) ?? 'null';
  return json.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    // By code unit, as JSON writes what lies beyond the first plane.
    Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join(''),
  );
}

function escape(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
