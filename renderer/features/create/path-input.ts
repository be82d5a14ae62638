/** What a typed path asks the picker to show: the folders of `folder` whose names begin with `filter`. */
export function readPath(text: string): { readonly folder: string; readonly filter: string } {
  const at = text.lastIndexOf('/');
  if (at < 0) return { folder: '', filter: text };
  return { folder: text.slice(0, at) || '/', filter: text.slice(at + 1) };
}

/** The path without its closing slash, as it is added. */
export function trimPath(text: string): string {
  const path = text.trim();
  return path.length > 1 ? path.replace(/\/+$/, '') || '/' : path;
}

export function withSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.split('/').findLast((part) => part !== '') ?? path;
}

/** `~` and `~/…` with the home folder in its place, once that is known. */
export function expandHome(text: string, home: string | null): string {
  return home !== null && needsHome(text) ? home + text.slice(1) : text;
}

/** Whether a path begins with `~`, which only the host can tell. */
export function needsHome(text: string): boolean {
  return /^~(?:\/|$)/.test(text);
}

/** Whether a text names a repository rather than a folder: a URL, or `host:path` as git's SSH takes it. The core says what is wrong with it. */
export function isRepository(text: string): boolean {
  const typed = text.trim();
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) || /^(?:[^\s/:@]+@)?[^\s/:~.][^\s/:]*:[^\s:][^\s]*$/.test(typed);
}

/** Whether a pasted or dropped text is worth asking about: one line that is a whole path or a repository. */
export function canBeAdded(text: string): boolean {
  const line = text.trim();
  return line !== '' && line.length < 4096 && !/[\r\n]/.test(line) && (/^(?:\/|~\/)/.test(line) || isRepository(line));
}

/** A repository's URL as host and path: a name that is cut loses its left end, a path its right one. Null for what has no host. */
export function splitUrl(url: string): { readonly host: string; readonly path: string } | null {
  if (/^file:/i.test(url)) return null;
  const match = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/@]*@)?(?<host>[^/:]+)(?::\d+)?[/:]+(?<path>.*)$/i.exec(url);
  const { host, path } = match?.groups ?? {};
  return host !== undefined && path !== undefined ? { host, path } : null;
}
