import { posix } from 'node:path';
import type { NamedEngine } from '../../shared/model/engines.ts';
import { configFolder, currentContext, type HostFiles, listContexts, readContext, tlsFilesIn } from './contexts.ts';
import { defaultPipe, defaultSocket, type Endpoint, parseAddress } from './endpoint.ts';

/** What the settings say of engines. */
export type EngineSettings = { readonly engine: string; readonly engines: readonly NamedEngine[] };

export type EnginePlace = {
  /** What a project refers to: `default`, `context:<name>`, `socket:<path>`, or a name from the settings. */
  readonly engineId: string;
  readonly title: string;
  readonly endpoint: Endpoint;
};

/** Names of the settings hold no colon, so these are nobody's. */
const contextPrefix = 'context:';
const socketPrefix = 'socket:';

/**
 * The default engine: the settings (an address, or the name of another engine), then `DOCKER_HOST`, then the current Docker context, then sockets that
 * Docker Desktop, Colima, OrbStack, Rancher Desktop and rootless Docker are known to use, then Docker's default. Never throws.
 */
export function findDefault({ engine, engines }: EngineSettings, files: HostFiles): Endpoint {
  const given = engine.trim();
  const isId = given.startsWith(contextPrefix) || engines.some(({ name }) => name === given && name !== 'default');
  if (isId) return findEngine(given, { engine: '', engines }, files).endpoint;
  if (given !== '') return parseAddress(given, { origin: 'settings', platform: files.platform });
  const host = files.env['DOCKER_HOST']?.trim() ?? '';
  if (host !== '') return readDockerHost(host, files);
  const context = currentContext(files);
  if (context !== null) return context.endpoint;
  const known = knownSockets(files).find((path) => files.platform === 'win32' || files.isSocket(path));
  const found = known !== undefined && files.platform !== 'win32';
  return parseAddress(known ?? defaultSocket, { origin: found ? 'known' : 'default', platform: files.platform });
}

/** The engine that a project refers to. Never throws: one that is gone is an endpoint that says what to do. */
export function findEngine(engineId: string, settings: EngineSettings, files: HostFiles): EnginePlace {
  const { platform } = files;
  if (engineId === 'default') return { engineId, title: 'Default engine', endpoint: findDefault(settings, files) };
  const named = settings.engines.find(({ name }) => name === engineId);
  if (named !== undefined) return { engineId, title: named.name, endpoint: parseAddress(named.address, { origin: 'settings', platform, tls: named.tls }) };
  if (engineId.startsWith(contextPrefix)) {
    const { name, endpoint } = readContext(files, engineId.slice(contextPrefix.length));
    return { engineId, title: `Docker context ${name}`, endpoint };
  }
  if (engineId.startsWith(socketPrefix)) {
    const path = engineId.slice(socketPrefix.length);
    return { engineId, title: path, endpoint: parseAddress(path, { origin: 'known', platform }) };
  }
  const reason = `No engine is named "${engineId}" any more. Add it to the engines in the settings again, or choose another engine for the project.`;
  return { engineId, title: engineId, endpoint: { kind: 'invalid', address: engineId, origin: 'settings', reason } };
}

/** Every engine that can be chosen: the default, those of the settings, Docker contexts, and sockets found where engines are known to lie. */
export function listEngines(settings: EngineSettings, files: HostFiles): readonly EnginePlace[] {
  const ids = ['default', ...settings.engines.map(({ name }) => name), ...listContexts(files).map(({ name }) => `${contextPrefix}${name}`)];
  const named = ids.map((engineId) => findEngine(engineId, settings, files));
  const addresses = new Set(named.map(({ endpoint }) => endpoint.address));
  const sockets = knownSockets(files).filter((path) => files.isSocket(path));
  const found = sockets.map((path) => findEngine(`${socketPrefix}${path}`, settings, files)).filter(({ endpoint }) => !addresses.has(endpoint.address));
  return [...named, ...found];
}

/** As Docker's CLI reads it: `DOCKER_TLS_VERIFY` turns TLS on, its files lie in `DOCKER_CERT_PATH` or in Docker's own folder. */
function readDockerHost(host: string, files: HostFiles): Endpoint {
  const { env, platform } = files;
  const isOn = (name: string): boolean => (env[name] ?? '') !== '';
  if (isOn('DOCKER_TLS_VERIFY')) {
    const tls = tlsFilesIn(files, env['DOCKER_CERT_PATH'] || configFolder(files)) ?? {};
    return parseAddress(host, { origin: 'DOCKER_HOST', platform, tls });
  }
  if (isOn('DOCKER_TLS')) {
    const reason =
      'DOCKER_TLS without DOCKER_TLS_VERIFY does not verify whom it speaks to. Set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the engine’s files.';
    return { kind: 'invalid', address: host, origin: 'DOCKER_HOST', reason };
  }
  return parseAddress(host, { origin: 'DOCKER_HOST', platform });
}

function knownSockets({ env, home, platform }: HostFiles): readonly string[] {
  if (platform === 'win32') return [defaultPipe, '//./pipe/dockerDesktopLinuxEngine'];
  const mac = ['.docker/run/docker.sock', '.colima/default/docker.sock', '.orbstack/run/docker.sock', '.rd/docker.sock'].map((path) => posix.join(home, path));
  if (platform === 'darwin') return [...mac, defaultSocket];
  const runtime = env['XDG_RUNTIME_DIR'];
  return [defaultSocket, ...(runtime === undefined ? [] : [posix.join(runtime, 'docker.sock')]), posix.join(home, '.docker/desktop/docker.sock')];
}
