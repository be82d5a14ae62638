/** Characters of base64 that a program may put on the clipboard at once. */
const maxCopy = 1_400_000;

/** The link when it may be opened: http and https, without user info, which only serves to deceive. */
export function safeLink(uri: string): string | null {
  if (!URL.canParse(uri)) return null;
  const url = new URL(uri);
  const web = url.protocol === 'http:' || url.protocol === 'https:';
  return web && url.username === '' && url.password === '' ? url.href : null;
}

/** The text of `OSC 52 ; target ; base64`; null for a question, for what is too long, and for what is no base64 of UTF-8. */
export function decodeCopy(data: string): string | null {
  const base64 = data.slice(data.indexOf(';') + 1);
  if (!data.includes(';') || base64 === '?' || base64.length > maxCopy) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
  } catch {
    return null;
  }
}

/** What a key does here instead of what xterm makes of it. */
export type KeyRole = 'newline' | 'copy' | 'paste' | null;

export type Key = Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey'>;

/** Shift+Enter is a new line in the prompt; Ctrl+Shift+C and V copy and paste, as in every terminal. */
export function keyRole({ key, code, shiftKey, ctrlKey, altKey, metaKey }: Key): KeyRole {
  if (!shiftKey || altKey || metaKey) return null;
  if (key === 'Enter' && !ctrlKey) return 'newline';
  if (ctrlKey && code === 'KeyC') return 'copy';
  return ctrlKey && code === 'KeyV' ? 'paste' : null;
}
