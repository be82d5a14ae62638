import { isIP } from 'node:net';
import { posix } from 'node:path';

export type EndpointOrigin = 'settings' | 'DOCKER_HOST' | 'context' | 'known' | 'default';

/** PEM files on the host; absolute paths, read anew at each connection. Without `ca` the system's authorities are believed. */
export type TlsFiles = { readonly ca?: string; readonly cert?: string; readonly key?: string };

type Way =
  /** Unix socket or Windows pipe. */
  | { readonly kind: 'socket'; readonly path: string }
  /** Without `tls` only on this machine's loopback. */
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: TlsFiles | null }
  /** `path`: the engine's socket on that machine. The rest is OpenSSH's to know: `host` may be an alias of the user's configuration. */
  | { readonly kind: 'ssh'; readonly host: string; readonly user?: string; readonly port?: number; readonly path: string }
  /** Kept, so that the app can show what to change: one or two sentences. */
  | { readonly kind: 'invalid'; readonly reason: string };

/** Where an engine answers, and who said so. */
export type Endpoint = Way & { readonly address: string; readonly origin: EndpointOrigin };

export type AddressOptions = {
  readonly origin: EndpointOrigin;
  readonly platform: NodeJS.Platform;
  /** For `tcp://`; absent: no TLS. */
  readonly tls?: TlsFiles | undefined;
};

export const defaultSocket = '/var/run/docker.sock';
export const defaultPipe = '//./pipe/docker_engine';
/** Docker's own defaults (https://docs.docker.com/reference/cli/dockerd/#daemon-socket-option). */
const ports = { plain: 2375, tls: 2376 };

/** Reads an address as people write it: an absolute path, a pipe, or a URL. Never throws. */
export function parseAddress(address: string, options: AddressOptions): Endpoint {
  return { ...readWay(address, options), address: normalise(address), origin: options.origin };
}

/** Whether the engine runs on this machine, so that folders of this machine can be mounted. A virtual machine that a local socket leads to counts as local. */
export function isLocal({ kind }: Endpoint): boolean {
  return kind === 'socket';
}

function readWay(address: string, { platform, tls }: AddressOptions): Way {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(address)?.[1]?.toLowerCase();
  const rest = scheme === undefined ? address : address.slice(scheme.length + 3);
  switch (scheme) {
    case undefined:
      if (isPipe(address)) return parsePipe(address, platform);
      return posix.isAbsolute(address)
        ? socketAt(address)
        : invalid(`"${address}" is no engine address. Give an absolute path, unix:///path/to/docker.sock, tcp://host:${ports.tls} or ssh://user@host.`);
    case 'unix':
      return posix.isAbsolute(rest) ? socketAt(rest) : invalid(`"${address}" lacks an absolute path. Write it like unix://${defaultSocket}.`);
    case 'npipe':
      return parsePipe(rest, platform);
    case 'tcp':
      return parseTcp(address, tls ?? null);
    case 'ssh':
      return parseSsh(address);
    case 'http':
    case 'https':
      return invalid(`"${scheme}://" is no engine address. Write it like tcp://host:${ports.tls}, with the engine's TLS files.`);
    default:
      return invalid(`"${scheme}://" is no engine address. Use unix:///path/to/docker.sock, tcp://host:${ports.tls} or ssh://user@host.`);
  }
}

function parsePipe(path: string, platform: NodeJS.Platform): Way {
  if (platform !== 'win32') return invalid('Named pipes exist on Windows only. Use unix:///path/to/docker.sock.');
  const normal = path.replaceAll('\\', '/');
  return normal.startsWith('//./pipe/') ? { kind: 'socket', path: normal } : invalid(`"${path}" is no pipe. Write it like npipe://${defaultPipe}.`);
}

function parseTcp(address: string, tls: TlsFiles | null): Way {
  const url = parseUrl(address);
  const example = `Write it like tcp://host:${ports.tls}.`;
  if (url === null || url.hostname === '') return invalid(`"${address}" names no host and port. ${example}`);
  if (url.username !== '' || url.password !== '') return invalid(`An engine knows no user and password: its TLS files say who you are. ${example}`);
  if (behindHost(url) !== '') return invalid(`"${address}" has something behind the host and port, which Forgehold does not follow. ${example}`);
  const host = bareHost(url);
  const port = Number(url.port || (tls === null ? ports.plain : ports.tls));
  if (tls === null && !isLoopback(host)) {
    return invalid(
      `Without TLS, everyone between here and ${host} could take over that machine, so Forgehold does not connect. Give the engine's TLS files, or use ssh://user@${host}.`,
    );
  }
  return { kind: 'tcp', host, port, tls };
}

/**
 * What may stand in an ssh address is less than ssh allows: user and host also appear in commands that the user's ssh configuration
 * may run (`ProxyCommand`, `Match exec`; CVE-2023-51385), and in the argument list, where a leading dash would be an option.
 */
const sshUser = /^[A-Za-z0-9_][A-Za-z0-9._+@-]{0,254}$/;
const sshHost = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$/;
/** ssh reads `:`, `%`, `$`, `\` and quotes in the path of a forwarding. */
const sshPath = /^\/[A-Za-z0-9._/@+,=~-]{1,250}$/;

function parseSsh(address: string): Way {
  const url = parseUrl(address);
  const example = 'Write it like ssh://user@host.';
  if (url === null || url.hostname === '') return invalid(`"${address}" names no host. ${example}`);
  if (url.password !== '') return invalid('A password has no place in an address. Log in with a key: OpenSSH and your agent know it.');
  const [host, user, path] = [bareHost(url), decode(url.username), decode(behindHost(url))];
  if (isIP(host) === 0 && !sshHost.test(host)) return invalid(`"${host}" is no name of a host. ${example}`);
  if (user !== '' && !sshUser.test(user)) return invalid(`"${user}" is no name of a user. ${example}`);
  if (path !== '' && !sshPath.test(path)) return invalid(`"${path}" cannot be the path of a socket over ssh: letters, digits and . _ / @ + , = ~ - only.`);
  return {
    kind: 'ssh',
    host,
    ...(user !== '' && { user }),
    ...(url.port !== '' && { port: Number(url.port) }),
    path: path === '' ? defaultSocket : path,
  };
}

function isPipe(path: string): boolean {
  return /^\\\\[.]\\pipe\\/.test(path) || path.startsWith('//./pipe/');
}

/** Paths become URLs, so that one engine has one address. */
function normalise(address: string): string {
  if (isPipe(address)) return `npipe://${address.replaceAll('\\', '/')}`;
  if (/^npipe:\/\//i.test(address)) return address.replaceAll('\\', '/');
  return posix.isAbsolute(address) ? `unix://${address}` : address;
}

function socketAt(path: string): Way {
  return { kind: 'socket', path };
}

function invalid(reason: string): Way {
  return { kind: 'invalid', reason };
}

function parseUrl(address: string): URL | null {
  // A scheme that WHATWG does not call special is parsed without guesses, and keeps an empty host empty.
  return URL.canParse(address) ? new URL(address) : null;
}

function behindHost({ pathname, search, hash }: URL): string {
  const all = `${pathname}${search}${hash}`;
  return all === '/' ? '' : all;
}

function bareHost({ hostname }: URL): string {
  return decode(hostname.replace(/^\[(.*)\]$/, '$1')).toLowerCase();
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray % is part of no name that is accepted below.
    return text;
  }
}

/** Names resolve anew each time; only this one is promised to stay here (RFC 6761, 6.3). */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
