import { randomBytes } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { contentPolicy, documentHeaders } from '../ipc/web-policy.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/**
 * What a request for `app://forgehold/…` gets of the built interface in `root`: a file of it, or a refusal. Nothing else of the machine.
 * Knows no Electron, so that it is attacked without one.
 */
export async function answerFile({ url, method }: Pick<Request, 'url' | 'method'>, root: string): Promise<Response> {
  if (method !== 'GET' && method !== 'HEAD') return refuse(405);
  const { host, pathname } = new URL(url);
  const name = host === 'forgehold' ? readName(pathname) : null;
  const type = name === null ? undefined : types[extname(name)];
  const bytes = name !== null && type !== undefined ? await readInside(root, name) : null;
  if (!bytes || type === undefined) return refuse(404);
  const nonce = randomBytes(16).toString('base64');
  const isPage = type.startsWith('text/html');
  // The nonce is new on each load: the page is text with a place for it.
  const body = isPage ? bytes.toString('utf8').replaceAll('__CSP_NONCE__', nonce) : new Uint8Array(bytes);
  const headers = { ...documentHeaders, 'content-security-policy': contentPolicy(["'self'"], isPage ? nonce : null), 'content-type': type };
  return new Response(body, { headers: { ...headers, 'cache-control': isPage ? 'no-store' : 'no-cache' } });
}

/** The path below the root; null for one that could mean another place on any system. */
function readName(pathname: string): string | null {
  if (pathname === '/') return 'index.html';
  const name = decode(pathname.slice(1));
  if (name === null || !/^[\w@.-]+(\/[\w@.-]+)*$/.test(name) || name.split('/').some((part) => part.startsWith('.'))) return null;
  return name;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not percent-encoded UTF-8: no name of ours.
    return null;
  }
}

/** Null when there is no such file, or a link leads out of the root. */
async function readInside(root: string, name: string): Promise<Buffer | null> {
  try {
    const base = await realpath(root);
    const path = await realpath(join(base, name));
    return path.startsWith(base + sep) ? await readFile(path) : null;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'EACCES', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

function refuse(status: number): Response {
  return new Response(status === 405 ? 'Only GET is answered.\n' : 'There is nothing here.\n', { status, headers: { 'content-type': 'text/plain' } });
}
