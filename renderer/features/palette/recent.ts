const key = 'forgehold:palette';
const mostKept = 20;

/** Ids of entries, the latest first. */
export function readRecent(): readonly string[] {
  return (localStorage.getItem(key) ?? '').split('\n').filter(Boolean);
}

export function noteRecent(id: string): void {
  localStorage.setItem(key, [id, ...readRecent().filter((other) => other !== id)].slice(0, mostKept).join('\n'));
}
