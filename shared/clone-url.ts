/** What someone who wants to clone has written. Pure; nothing of a refused text is ever repeated, since it may hold a password. */
export type CloneSource =
  | {
      readonly kind: 'repository';
      /** To fetch from: normalised, without credentials, `.git` as it was written (a server of plain files needs it). */
      readonly url: string;
      /** The same for every spelling of the repository: `url` without `.git`. */
      readonly identity: string;
      /** Lower case, punycode. */
      readonly host: string;
      /** What a person calls it: any script, no control characters, at most 64 characters. */
      readonly name: string;
    }
  | { readonly kind: 'refused'; readonly code: CloneRefusal; readonly message: string; /** What to write instead. */ readonly suggestion?: string };

export type CloneRefusal =
  | 'project/credentials-in-url'
  | 'project/local-url'
  | 'project/ssh-url'
  | 'project/unsafe-url'
  | 'project/port-in-url'
  | 'project/page-url'
  | 'project/malformed-url';

/** Where ssh and https name the same repository. A host of its own for ssh through a firewall counts as the other. */
const forges: Readonly<Record<string, string>> = {
  'github.com': 'github.com',
  'ssh.github.com': 'github.com',
  'gitlab.com': 'gitlab.com',
  'altssh.gitlab.com': 'gitlab.com',
  'bitbucket.org': 'bitbucket.org',
  'altssh.bitbucket.org': 'bitbucket.org',
  'codeberg.org': 'codeberg.org',
  'git.sr.ht': 'git.sr.ht',
};
/** Repositories of these lie exactly two folders deep. */
const twoDeep = new Set(['github.com', 'bitbucket.org', 'codeberg.org', 'git.sr.ht']);

const maxLength = 2048;
const example = 'https://github.com/owner/repository';

/**
 * Tells web addresses, ssh, local paths and git's other transports apart, as git itself would (gitglossary "URL", git-clone(1)
 * "GIT URLS", `url.c` and `connect.c` of git 2.47), and lets only http and https through. WHATWG's parser does the hard part: case,
 * punycode, default ports, dots, encoding. Packages for git URLs know forges,
 * hand user names on and decode line breaks; none refuses what git would run.
 */
export function readCloneUrl(given: string): CloneSource {
  const text = given.trim();
  if (text === '') return malformed(`Give the URL of a repository, such as ${example}.`);
  if (text.length > maxLength) return malformed(`No repository has so long a URL. Give one such as ${example}.`);
  // C0, DEL, C1, and characters that turn the direction of what is shown or are not seen at all.
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)) return unsafe('A URL holds no line breaks, control or invisible characters. Type it anew.');
  if (text.startsWith('-')) return unsafe('A URL does not begin with a dash: git would take it for an option.');
  if (/^[\w+.-]+::/.test(text)) return unsafe(`Git's "::" names a program to run, so Forgehold does not take it. Give a URL such as ${example}.`);
  if (/^(?:\/|\\|~|\.{1,2}(?:\/|\\|$)|[a-z]:[/\\]|file:)/i.test(text)) return local();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'https' || scheme === 'http') return readWeb(text);
  if (scheme === 'ssh' || scheme === 'git+ssh' || scheme === 'ssh+git') return readSsh(text.slice(text.indexOf('://') + 3));
  if (scheme !== undefined) return unsafe(`Forgehold clones over https and http, not over ${scheme.slice(0, 20)}. Give a URL such as ${example}.`);
  return readBare(text);
}

/** A name for a folder in the container: ASCII letters, digits, dot, dash and underscore, at most 64, neither hidden nor an option. */
export function folderNameOf(name: string): string {
  const usable = name
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .replaceAll(/[^a-zA-Z0-9._-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 64)
    .replace(/[.-]+$/, '');
  return usable === '' ? 'repository' : usable;
}

/** No scheme: git's `host:path`, a domain that was copied without one, or a path relative to who knows where. */
function readBare(text: string): CloneSource {
  if (/^https?:/i.test(text)) return malformed(`Write "//" after the colon, as in ${example}.`);
  const colon = text.indexOf(':');
  const slash = text.indexOf('/');
  if (colon >= 0 && (slash < 0 || colon < slash)) return readSsh(text);
  const web = readWeb(`https://${text}`);
  if (slash > 0 && text.slice(0, slash).includes('.') && web.kind === 'repository')
    return { ...malformed(`Write the whole URL: ${web.url}`), suggestion: web.url };
  return malformed(`Give the whole URL of the repository, such as ${example}.`);
}

function readWeb(text: string): CloneSource {
  const authority = text.slice(text.indexOf('//') + 2).split(/[/?#\\]/, 1)[0]!;
  if (authority.includes('@')) return credentials();
  if (text.includes('\\')) return malformed('A URL holds no backslash. Write "/" instead.');
  if (!URL.canParse(text)) return malformed(`This is no URL. Give one such as ${example}.`);
  const parsed = new URL(text);
  if (parsed.username !== '' || parsed.password !== '') return credentials();
  if (/[?#]/.test(text)) return malformed('The URL of a repository has no "?" or "#" part. Leave it out.');
  const host = parsed.hostname.replace(/\.$/, '');
  const trouble = explainHost(host);
  if (trouble !== null) return malformed(trouble);
  if (parsed.port !== '')
    return {
      kind: 'refused',
      code: 'project/port-in-url',
      message: 'A workspace reaches web servers on their usual ports only: https on 443, http on 80. Use a URL without a port.',
    };
  const segments = readSegments(parsed.pathname);
  if (segments === null) return malformed('A part of this URL is not encoded as it should be. Copy it anew.');
  return explainPage(host, segments) ?? describe(parsed.protocol, host, segments);
}

function describe(protocol: string, host: string, segments: readonly string[]): CloneSource {
  const last = segments.at(-1)?.replace(/\.git$/, '');
  if (last === undefined || last === '' || (twoDeep.has(host) && segments.length < 2))
    return malformed(`This URL names no repository. Give one such as ${example}.`);
  const url = `${protocol}//${host}/${segments.map(encodeSegment).join('/')}`;
  return { kind: 'repository', url, identity: url.replace(/\.git$/, ''), host, name: last.slice(0, 64).replace(/[\ud800-\udbff]$/, '') };
}

/** Decoded, empty ones left out; null when one is no UTF-8, or would be something else to a server or a screen. */
function readSegments(pathname: string): readonly string[] | null {
  const segments: string[] = [];
  for (const raw of pathname.split('/')) {
    if (raw === '') continue;
    let segment: string;
    try {
      segment = decodeURIComponent(raw);
    } catch {
      return null;
    }
    if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}/\\]/u.test(segment) || segment === '.' || segment === '..') return null;
    segments.push(segment);
  }
  return segments;
}

/** One encoding for each name: what RFC 3986 lets stand in a segment stands, all else is UTF-8 in capital hex. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replaceAll(/%(?:24|26|2B|2C|3A|3B|3D|40)/g, decodeURIComponent);
}

/** Why this host is none to clone from; null when it is. */
function explainHost(host: string): string | null {
  const labels = host.split('.');
  // The URL standard has made addresses of `0x7f.1` and the like already.
  if (host.startsWith('[') || /^\d+$/.test(labels.at(-1)!))
    return 'Give the name of the server, not its address: what may leave a workspace is decided by name.';
  if (host.length > 253 || labels.some((label) => !/^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label)))
    return 'The server of this URL has no proper name.';
  if (labels.at(-1) === 'localhost') return 'Inside a workspace, "localhost" is the workspace itself. Clone it yourself, and add the folder.';
  if (host === 'forgehold.internal' || host.endsWith('.forgehold.internal')) return 'Names below forgehold.internal belong to Forgehold itself.';
  return null;
}

/** A page about a repository, copied from the browser. */
function explainPage(host: string, segments: readonly string[]): CloneSource | null {
  const dash = host === 'gitlab.com' ? segments.indexOf('-') : -1;
  const depth = twoDeep.has(host) ? 2 : dash;
  if (depth < 1 || segments.length <= depth) return null;
  const suggestion = `https://${host}/${segments.slice(0, depth).map(encodeSegment).join('/')}`;
  return { kind: 'refused', code: 'project/page-url', message: `This is a page about a repository. Give the repository's own URL: ${suggestion}`, suggestion };
}

/** `[user@]host[:port]/path` or `[user@]host:path`. */
function readSsh(rest: string): CloneSource {
  const end = rest.search(/[/\\?#]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  const at = authority.lastIndexOf('@');
  if (at >= 0 && authority.slice(0, at).includes(':')) return credentials();
  const [, name = '', path = ''] = /^(?:[^@/]*@)?([^@:/]+):?(?:\d+\/)?\/*(.*)$/.exec(rest) ?? [];
  const host = forges[name.toLowerCase()];
  const web = host === undefined ? null : readWeb(`https://${host}/${path}`);
  const why = 'Workspaces cannot reach ssh servers yet.';
  if (web?.kind === 'repository') return { kind: 'refused', code: 'project/ssh-url', message: `${why} Use ${web.url} instead.`, suggestion: web.url };
  return { kind: 'refused', code: 'project/ssh-url', message: `${why} Use the repository's https URL, or clone it yourself and add the folder.` };
}

function credentials(): CloneSource {
  return {
    kind: 'refused',
    code: 'project/credentials-in-url',
    message: 'This URL holds a user name or password, and would carry it into the container, where the agent reads it. Leave out all before the "@".',
  };
}

function local(): CloneSource {
  return {
    kind: 'refused',
    code: 'project/local-url',
    message: 'This is a folder of this computer. Add it as a folder: then you and the agent work on the same files.',
  };
}

function unsafe(message: string): CloneSource {
  return { kind: 'refused', code: 'project/unsafe-url', message };
}

function malformed(message: string): Extract<CloneSource, { kind: 'refused' }> {
  return { kind: 'refused', code: 'project/malformed-url', message };
}
