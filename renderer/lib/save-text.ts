/** A name that every file system takes: "orchard-api domains" becomes "orchard-api-domains.json". */
export function nameOfFile(words: string, ending: string): string {
  const plain = words
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return `${plain || 'forgehold'}.${ending}`;
}

/** Gives the user a file, as a download. */
export function saveText(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
