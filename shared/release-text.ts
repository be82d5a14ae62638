/** What a release is: its version, and the files that may be installed as it. */
export type Release = { readonly version: string; readonly files: readonly { readonly url: string; readonly sha512: string }[] };

/**
 * The text that a release's key signs: whoever holds it decides which bytes are which version. Not signed, and free to change later, is to
 * how many users it is offered.
 */
export function toReleaseText({ version, files }: Release): string {
  const lines = files.map(({ url, sha512 }) => `${sha512} ${url}`).sort();
  return ['forgehold release 1', version, ...lines].join('\n');
}
