/** Longest path of a rule (`httpRuleSchema`). */
const MAX_PATH = 512;

/**
 * Whether a path can be read in one way only, and stands in a map as it is: what a rule's path must be. Percent signs and semicolons are
 * left out of it altogether. `haproxy.cfg` asks less of the path of a request, behind the prefix.
 */
export function isPlainPath(path: string): boolean {
  if (!/^\/[A-Za-z0-9._~!$&*+,:=@/-]*$/.test(path) || path.length > MAX_PATH) return false;
  const parts = path.slice(1).split('/');
  return path === '/' || parts.every((part) => part !== '' && part !== '.' && part !== '..');
}
