/** What a menu, a notification or a screen reader obeys instead of showing: controls, marks of direction, ends of lines, private characters. */
const obeyed = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\s]+/gu;

/** Text of anybody's for a native menu or notification: one line, nothing that is obeyed, at most so many characters. */
export function plainText(text: string, most = 60): string {
  const letters = lettersOf(text);
  return letters.length <= most ? letters.join('') : `${letters.slice(0, most - 1).join('')}…`;
}

/** A host's right end says whose it is: it is cut at the left. */
export function plainHost(host: string, most = 60): string {
  const letters = lettersOf(host);
  return letters.length <= most ? letters.join('') : `…${letters.slice(1 - most).join('')}`;
}

/** Whether a host is shown letter by letter: nothing in it looks like something else, and nothing is cut. */
export function isPlainHost(host: string): boolean {
  return /^[a-z0-9._-]+$/.test(host) && plainHost(host) === host;
}

const segmenter = new Intl.Segmenter();

/** As a reader counts them. Bounded first: a name can be as long as whoever made it likes. */
function lettersOf(text: string): readonly string[] {
  const tidy = text.slice(0, 2000).replaceAll(obeyed, ' ').trim();
  return Array.from(segmenter.segment(tidy), ({ segment }) => segment);
}
