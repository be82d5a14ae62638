/**
 * What a tracked file says about the machine it was written on or the registry it was installed from; one sentence each.
 * `places`: absolute paths that only this machine has, such as the checkout's own.
 */
export function findTraces(file: string, text: string, places: readonly string[]): readonly string[] {
  const found = places.filter((place) => text.includes(place)).map((place) => `${file} holds ${place}, a path of one machine`);
  if (file.endsWith('package-lock.json') && /"resolved": "https?:/.test(text))
    found.push(`${file} holds addresses of a registry: keep omit-lockfile-registry-resolved in .npmrc`);
  if (file.endsWith('.npmrc') && /registry\s*=\s*https?:/.test(text)) found.push(`${file} names a registry: that is for each user's own npm`);
  return found;
}
