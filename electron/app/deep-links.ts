import { readCloneUrl } from '../../shared/clone-url.ts';
import { projectIdSchema, terminalIdSchema, workspaceIdSchema } from '../../shared/model/ids.ts';
import type { Intent } from '../../shared/model/shell.ts';

/** What a `forgehold://` link asks for. */
export type DeepLink =
  | { readonly kind: 'intent'; readonly intent: Intent }
  /** The return of a login, for the session that waits for it. `query` as it came, without "?". */
  | { readonly kind: 'oauth'; readonly session: string; readonly query: string };

export const linkScheme = 'forgehold';

/** In characters; it must fit into what one start of the app can hand to another (`arguments.ts`). */
export const longestLink = 8192;
const longestPath = 4096;
/** Control, direction, invisible and line-breaking characters, and what broken UTF-8 becomes: in no name that anybody means. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\ufffd]/u;
/** To look into these asks other machines (automount), or devices. */
const oddPlaces = /^\/(?:net|proc|dev|sys)(?:\/|$)/;

/** Whether an argument is an address of some scheme rather than a path. `C:\x` is none. */
export function isLink(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(text);
}

/**
 * Reads a link that anybody may have made: a page, a mail, a program. Answers the place that it leads to, or the sentence
 * that refuses it; nothing of a refused link is repeated. Pure: the host is asked for nothing that a link names.
 * The forms are those of `docs/links.md`.
 */
export function readDeepLink(text: string): DeepLink {
  if (text.length > longestLink) return refuse('It is too long.');
  if (text === `${linkScheme}://too-long`) return refuse('It is too long.');
  if (hidden.test(text)) return refuse('It holds characters that cannot be seen.');
  const [, scheme, authority = ''] = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?/i.exec(text) ?? [];
  if (scheme?.toLowerCase() !== linkScheme) return refuse(`Only ${linkScheme}:// links are opened here.`);
  if (authority.includes('@') || authority.includes(':')) return refuse('It names a user or a port.');
  if (text.includes('#')) return refuse('It has a part after "#".');
  if (authority === '' || !URL.canParse(text)) return malformed();
  const { pathname, search } = new URL(text);
  // The parser has taken dots out of the path already; what it took out was meant to mislead.
  const written = text.slice(text.indexOf(authority) + authority.length).split('?', 1)[0]!;
  if (written !== pathname && `${written}/` !== pathname) return malformed();
  const parts = pathname.split('/').slice(1);
  if (parts.at(-1) === '') parts.pop();
  return readPlace([authority.toLowerCase(), ...parts], search.slice(1));
}

function readPlace(parts: readonly string[], query: string): DeepLink {
  const [first, second, third, fourth] = parts;
  if (first === 'oauth') return parts.length === 2 ? readReturn(second!, query) : malformed();
  const given = readQuery(query);
  if (given === null) return malformed();
  const [name, value] = given;
  if (first === 'open' && parts.length === 1) return name === 'path' ? readPath(value) : name === 'url' ? readRepository(value) : malformed();
  if (first === 'new' && parts.length === 1) return name === 'project' ? readIds({ kind: 'create', projectId: value }) : malformed();
  if (name !== '') return malformed();
  if (first === 'project' && parts.length === 2) return readIds({ kind: 'project', projectId: second! });
  if (first === 'workspace' && parts.length === 2) return readIds({ kind: 'workspace', workspaceId: second! });
  if (first === 'workspace' && parts.length === 4 && third === 'terminal') return readIds({ kind: 'workspace', workspaceId: second!, terminalId: fourth! });
  return refuse('It leads to nothing that this version knows.');
}

/** One parameter at most, as name and value; null for more, or for one without a value. */
function readQuery(query: string): readonly [string, string] | null {
  const [first, ...more] = new URLSearchParams(query);
  if (!first) return query === '' ? ['', ''] : null;
  return more.length === 0 && first[0] !== '' && first[1] !== '' ? first : null;
}

/** A folder, as a whole path or below the home folder. It is neither looked at nor made shorter: what is shown is what was asked for. */
function readPath(path: string): DeepLink {
  if (hidden.test(path)) return refuse('It holds characters that cannot be seen.');
  if (path.length > longestPath) return refuse('It is too long.');
  if (!/^(?:\/|~\/|~$)/.test(path)) return refuse('A folder is named by its whole path.');
  const isPlain = !path.includes('\\') && !path.includes('//') && !path.split('/').some((part) => part === '.' || part === '..');
  if (!isPlain) return refuse('Its path takes turns.');
  if (oddPlaces.test(path)) return refuse('No project lies there.');
  return { kind: 'intent', intent: { kind: 'add', place: path } };
}

function readRepository(url: string): DeepLink {
  const source = readCloneUrl(url);
  return source.kind === 'repository' ? { kind: 'intent', intent: { kind: 'add', place: source.url } } : refuse(source.message);
}

type Place = Extract<Intent, { kind: 'project' | 'create' | 'workspace' }>;

function readIds(intent: Place): DeepLink {
  const good =
    intent.kind === 'workspace'
      ? workspaceIdSchema.safeParse(intent.workspaceId).success && (intent.terminalId === undefined || terminalIdSchema.safeParse(intent.terminalId).success)
      : projectIdSchema.safeParse(intent.projectId).success;
  return good ? { kind: 'intent', intent } : malformed();
}

function readReturn(session: string, query: string): DeepLink {
  return /^[\w-]{16,128}$/.test(session) ? { kind: 'oauth', session, query } : malformed();
}

function malformed(): DeepLink {
  return refuse('It is not written as such a link is.');
}

function refuse(why: string): DeepLink {
  return { kind: 'intent', intent: { kind: 'refused', message: `A link was not opened. ${why}`.slice(0, 500) } };
}
