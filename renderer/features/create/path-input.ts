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
