export type Verdict =
  /** Load the page again; terminals come back by themselves. */
  | 'reload'
  /** It dies again and again: show the plain page, from where the user may try once more. */
  | 'recover'
  /** Not even that one stays. */
  | 'give-up';

/** Milliseconds in which a second death is no accident any more. */
const soon = 60_000;

/** What is done when the window's page has died: once it is loaded again unasked. */
export function createRevival(now: () => number = () => performance.now()): () => Verdict {
  let deaths: readonly number[] = [];
  return () => {
    const time = now();
    deaths = [...deaths.filter((at) => time - at < soon), time];
    if (deaths.length === 1) return 'reload';
    return deaths.length === 2 ? 'recover' : 'give-up';
  };
}
