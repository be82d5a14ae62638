/** Something that was dropped onto the window, as far as the page can know it. */
export type Dropped = { readonly name: string; readonly isFolder: boolean; /** Empty in a browser. */ readonly path: string };

export type Drop =
  | { readonly kind: 'add'; readonly folders: readonly string[]; /** Files among them, left out. */ readonly left: number }
  /** A browser does not say where it lies. */
  | { readonly kind: 'ask'; readonly name: string }
  | { readonly kind: 'refuse'; readonly message: string };

/** More than anybody adds at once. */
const most = 20;

/** What becomes of a drop. Only folders are projects. */
export function judgeDrop(all: readonly Dropped[]): Drop | null {
  const [first] = all;
  if (!first) return null;
  const folders = all.filter(({ isFolder }) => isFolder);
  if (folders.length === 0) {
    const what = all.length === 1 ? `“${first.name}” is a file.` : 'These are files.';
    return { kind: 'refuse', message: `${what} Drop the folder that your project lies in.` };
  }
  const paths = folders.map(({ path }) => path).filter((path) => path !== '');
  if (paths.length === 0) return { kind: 'ask', name: folders[0]!.name };
  if (paths.length > most) return { kind: 'refuse', message: `These are ${paths.length} folders. Drop ${most} at most.` };
  return { kind: 'add', folders: [...new Set(paths)], left: all.length - folders.length };
}

/** To be called while the drop is announced: afterwards nothing can be read of it. `pathOf` answers '' where nobody can tell. */
export function readDropped(data: DataTransfer, pathOf: (file: File) => string): readonly Dropped[] {
  return [...data.items].flatMap((item): Dropped[] => {
    const file = item.kind === 'file' ? item.getAsFile() : null;
    if (!file) return [];
    return [{ name: file.name, isFolder: item.webkitGetAsEntry()?.isDirectory ?? false, path: pathOf(file) }];
  });
}
