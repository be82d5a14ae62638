import { createHash } from 'node:crypto';
import { posix } from 'node:path';

/** Where the engine answers, and who said so. An `invalid` one is kept, so that the app can show what to change. */
export type Endpoint =
  | { readonly kind: 'socket'; /** Unix socket or Windows pipe. */ readonly path: string; readonly address: string; readonly origin: EndpointOrigin }
  | {
      readonly kind: 'invalid';
      readonly address: string;
      readonly origin: EndpointOrigin;
      /** One or two sentences that say what to do. */ readonly reason: string;
    };

export type EndpointOrigin = 'settings' | 'DOCKER_HOST' | 'context' | 'known' | 'default';

export type EndpointSources = {
  /** From the settings; empty means: find it. */
  readonly setting: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** The file's text, or null when it is not there. */
  readonly readText: (path: string) => string | null;
  readonly isSocket: (path: string) => boolean;
};

const defaultSocket = '/var/run/docker.sock';
const defaultPipe = '//./pipe/docker_engine';

/**
 * Finds the engine: the settings, then `DOCKER_HOST`, then the current Docker context, then sockets that
 * Docker Desktop, Colima, OrbStack and rootless Docker are known to use, then Docker's default. Never throws.
 */
export function resolveEndpoint(sources: EndpointSources): Endpoint {
  const setting = sources.setting.trim();
  if (setting !== '') return parseAddress(setting, 'settings', sources.platform);
  const host = sources.env['DOCKER_HOST']?.trim() ?? '';
  if (host !== '') return parseAddress(host, 'DOCKER_HOST', sources.platform);
  const context = readContext(sources);
  if (context !== null) return context;
  if (sources.platform === 'win32') return socket(defaultPipe, 'default');
  const known = knownSockets(sources).find((path) => sources.isSocket(path));
  return known === undefined ? socket(defaultSocket, 'default') : socket(known, 'known');
}

/** Reads an address as people write it: an absolute path, a pipe, or a URL. */
export function parseAddress(address: string, origin: EndpointOrigin, platform: NodeJS.Platform): Endpoint {
  const invalid = (reason: string): Endpoint => ({ kind: 'invalid', address, origin, reason });
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(address)?.[1]?.toLowerCase();
  const rest = scheme === undefined ? address : address.slice(scheme.length + 3);
  if (scheme === undefined && (/^\\\\[.]\\pipe\\/.test(address) || address.startsWith('//./pipe/'))) return parsePipe(address, origin, platform, invalid);
  switch (scheme) {
    case undefined:
      return posix.isAbsolute(address)
        ? socket(address, origin)
        : invalid(`"${address}" is no engine address. Give an absolute path or unix:///path/to/docker.sock.`);
    case 'unix':
      return posix.isAbsolute(rest) ? socket(rest, origin) : invalid(`"${address}" lacks an absolute path. Write it like unix://${defaultSocket}.`);
    case 'npipe':
      return parsePipe(rest, origin, platform, invalid);
    case 'tcp':
    case 'http':
    case 'https':
      return invalid(`Forgehold does not speak to engines over TCP yet ("${address}"). Use a local socket, for instance unix://${defaultSocket}.`);
    case 'ssh':
      return invalid(`Forgehold does not speak to engines over SSH yet ("${address}"). Run the server shell on that machine instead.`);
    default:
      return invalid(`"${scheme}://" is no engine address. Use unix:///path/to/docker.sock.`);
  }
}

function parsePipe(path: string, origin: EndpointOrigin, platform: NodeJS.Platform, invalid: (reason: string) => Endpoint): Endpoint {
  if (platform !== 'win32') return invalid('Named pipes exist on Windows only. Use unix:///path/to/docker.sock.');
  const normal = path.replaceAll('\\', '/');
  return normal.startsWith('//./pipe/') ? socket(normal, origin) : invalid(`"${path}" is no pipe. Write it like npipe://${defaultPipe}.`);
}

function socket(path: string, origin: EndpointOrigin): Endpoint {
  return { kind: 'socket', path, address: path.startsWith('//./pipe/') ? `npipe://${path}` : `unix://${path}`, origin };
}

/**
 * The current context's Docker endpoint; null for the default context, which means "the platform's socket".
 * Layout of Docker's CLI: `config.json` names the context, `contexts/meta/<sha256 of the name>/meta.json` holds it.
 */
function readContext(sources: EndpointSources): Endpoint | null {
  const folder = sources.env['DOCKER_CONFIG'] ?? posix.join(sources.home, '.docker');
  const name = sources.env['DOCKER_CONTEXT'] ?? stringAt(parseJson(sources.readText(posix.join(folder, 'config.json'))), ['currentContext']);
  if (name === undefined || name === '' || name === 'default') return null;
  const meta = posix.join(folder, 'contexts', 'meta', createHash('sha256').update(name).digest('hex'), 'meta.json');
  const host = stringAt(parseJson(sources.readText(meta)), ['Endpoints', 'docker', 'Host']);
  if (host === undefined) {
    const reason = `The current Docker context "${name}" cannot be read. Choose another with "docker context use", or set the engine's address in the settings.`;
    return { kind: 'invalid', address: name, origin: 'context', reason };
  }
  return parseAddress(host, 'context', sources.platform);
}

function knownSockets({ env, home, platform }: EndpointSources): readonly string[] {
  const mac = ['.docker/run/docker.sock', '.colima/default/docker.sock', '.orbstack/run/docker.sock', '.rd/docker.sock'].map((path) => posix.join(home, path));
  if (platform === 'darwin') return [...mac, defaultSocket];
  const runtime = env['XDG_RUNTIME_DIR'];
  return [defaultSocket, ...(runtime === undefined ? [] : [posix.join(runtime, 'docker.sock')]), posix.join(home, '.docker/desktop/docker.sock')];
}

function parseJson(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // A broken file is the same to us as a missing one: the caller says which context could not be read.
    return undefined;
  }
}

function stringAt(value: unknown, path: readonly string[]): string | undefined {
  let at: unknown = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return typeof at === 'string' ? at : undefined;
}
