/** @typedef {{ version?: string, optional?: boolean, os?: string | string[], cpu?: string | string[], libc?: string | string[] }} Entry */
/** @typedef {{ os: string, cpu: string, libc?: string | undefined }} Platform */

/**
 * The places (`node_modules/…`) of the packages that the lockfile wants on this platform and that are absent or of another version.
 * @param {Record<string, Entry>} wanted `packages` of package-lock.json
 * @param {Record<string, Entry>} installed `packages` of npm's record in node_modules
 * @param {Platform} [platform]
 */
export function findMissing(wanted, installed, platform = ownPlatform()) {
  return Object.keys(wanted).filter((place) => {
    const entry = wanted[place] ?? {};
    return place !== '' && installed[place]?.version !== entry.version && (!entry.optional || isMadeFor(platform, entry));
  });
}

/** An optional package that names no platform may be missing: it may belong to one of another platform.
 * @param {Platform} platform @param {Entry} entry */
function isMadeFor(platform, { os, cpu, libc }) {
  if (!os && !cpu) return false;
  return allows(os, platform.os) && allows(cpu, platform.cpu) && (!platform.libc || allows(libc, platform.libc));
}

/** @param {string | string[] | undefined} list `['linux']`, `['!win32']` @param {string} value */
function allows(list, value) {
  const items = [list ?? []].flat();
  if (items.includes(`!${value}`)) return false;
  const named = items.filter((item) => !item.startsWith('!'));
  return named.length === 0 || named.includes(value);
}

/** Of the two libcs of Linux, Node says only when it is glibc.
 * @returns {Platform} */
function ownPlatform() {
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  const libc = header.glibcVersionRuntime ? 'glibc' : 'musl';
  return { os: process.platform, cpu: process.arch, libc: process.platform === 'linux' ? libc : undefined };
}
