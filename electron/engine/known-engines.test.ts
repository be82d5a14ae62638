import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { NamedEngine } from '../../shared/model/engines.ts';
import type { HostFiles } from './contexts.ts';
import type { Endpoint } from './endpoint.ts';
import { findDefault, findEngine, listEngines } from './known-engines.ts';

type World = {
  readonly setting?: string;
  readonly engines?: readonly NamedEngine[];
  readonly env?: Record<string, string>;
  readonly platform?: NodeJS.Platform;
  readonly files?: Record<string, string>;
  readonly sockets?: readonly string[];
};

function filesOf({ env = {}, platform = 'linux', files = {}, sockets = [] }: World): HostFiles {
  return {
    env,
    home: '/home/u',
    platform,
    readText: (path) => files[path] ?? null,
    listFolder: (path) => [...new Set(Object.keys(files).flatMap((file) => (file.startsWith(`${path}/`) ? [file.slice(path.length + 1).split('/')[0]!] : [])))],
    isSocket: (path) => sockets.includes(path),
  };
}

function resolve(world: World): Endpoint {
  return findDefault({ engine: world.setting ?? '', engines: world.engines ?? [] }, filesOf(world));
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

function metaOf(
  name: string,
  host: unknown,
  { folder = '/home/u/.docker', ...more }: { folder?: string; SkipTLSVerify?: boolean } = {},
): Record<string, string> {
  return { [`${folder}/contexts/meta/${hashOf(name)}/meta.json`]: JSON.stringify({ Name: name, Endpoints: { docker: { Host: host, ...more } } }) };
}

const at = (path: string, origin: string): unknown => ({ kind: 'socket', path, address: `unix://${path}`, origin });

describe('the default engine', () => {
  const config = { '/home/u/.docker/config.json': '{"currentContext":"desk"}', ...metaOf('desk', 'unix:///home/u/desk.sock') };

  it('prefers the setting over everything', () => {
    const world = { setting: ' /run/mine.sock ', env: { DOCKER_HOST: 'unix:///run/env.sock' }, files: config };
    expect(resolve(world)).toEqual(at('/run/mine.sock', 'settings'));
  });

  it('then takes DOCKER_HOST, even over a context', () => {
    expect(resolve({ env: { DOCKER_HOST: 'unix:///run/env.sock' }, files: config })).toEqual(at('/run/env.sock', 'DOCKER_HOST'));
  });

  it('then the current context', () => {
    expect(resolve({ files: config, sockets: ['/var/run/docker.sock'] })).toEqual(at('/home/u/desk.sock', 'context'));
  });

  it('follows DOCKER_CONTEXT and DOCKER_CONFIG', () => {
    const files = metaOf('far', 'unix:///far.sock', { folder: '/etc/dk' });
    expect(resolve({ env: { DOCKER_CONTEXT: 'far', DOCKER_CONFIG: '/etc/dk' }, files })).toEqual(at('/far.sock', 'context'));
  });

  it('says which context cannot be read instead of falling back to another engine', () => {
    const found = resolve({ files: { '/home/u/.docker/config.json': '{"currentContext":"gone"}' }, sockets: ['/var/run/docker.sock'] });
    expect(found).toMatchObject({ kind: 'invalid', origin: 'context', reason: expect.stringContaining('"gone"') });
  });

  it.each(['default', ''])('takes the context "%s" as none', (name) => {
    expect(resolve({ files: { '/home/u/.docker/config.json': JSON.stringify({ currentContext: name }) } })).toEqual(at('/var/run/docker.sock', 'default'));
  });

  it('survives a broken config file', () => {
    expect(resolve({ files: { '/home/u/.docker/config.json': '{"currentContext":' } })).toEqual(at('/var/run/docker.sock', 'default'));
  });

  it('finds known sockets: Docker Desktop, Colima, OrbStack on macOS, rootless on Linux', () => {
    expect(resolve({ platform: 'darwin', sockets: ['/home/u/.colima/default/docker.sock'] })).toEqual(at('/home/u/.colima/default/docker.sock', 'known'));
    const rootless = { env: { XDG_RUNTIME_DIR: '/run/user/1' }, sockets: ['/run/user/1/docker.sock'] };
    expect(resolve(rootless)).toEqual(at('/run/user/1/docker.sock', 'known'));
  });

  it('ends at the platform default', () => {
    expect(resolve({ platform: 'darwin' })).toEqual(at('/var/run/docker.sock', 'default'));
    expect(resolve({ platform: 'win32' })).toMatchObject({ path: '//./pipe/docker_engine', origin: 'default' });
  });
});

describe('DOCKER_HOST', () => {
  const remote = { DOCKER_HOST: 'tcp://engine.example', DOCKER_TLS_VERIFY: '1' };

  it('takes its TLS files from DOCKER_CERT_PATH, or from where Docker keeps them', () => {
    const files = { '/certs/ca.pem': 'x', '/certs/key.pem': 'x', '/certs/cert.pem': 'x', '/home/u/.docker/ca.pem': 'x' };
    expect(resolve({ env: { ...remote, DOCKER_CERT_PATH: '/certs' }, files })).toMatchObject({
      kind: 'tcp',
      host: 'engine.example',
      port: 2376,
      tls: { ca: '/certs/ca.pem', cert: '/certs/cert.pem', key: '/certs/key.pem' },
    });
    expect(resolve({ env: remote, files })).toMatchObject({ tls: { ca: '/home/u/.docker/ca.pem' } });
    expect(resolve({ env: remote })).toMatchObject({ kind: 'tcp', tls: {} });
  });

  it('is refused without TLS, and with TLS that verifies nobody', () => {
    expect(resolve({ env: { DOCKER_HOST: 'tcp://engine.example' } })).toMatchObject({ kind: 'invalid', reason: expect.stringContaining('Without TLS') });
    expect(resolve({ env: { DOCKER_HOST: 'tcp://engine.example', DOCKER_TLS: '1' } })).toMatchObject({
      kind: 'invalid',
      reason: expect.stringContaining('DOCKER_TLS_VERIFY'),
    });
  });
});

describe('engines by name', () => {
  const engines: NamedEngine[] = [{ name: 'box', address: 'ssh://me@box' }];
  const tls = { ca: '/ca.pem', cert: '/cert.pem', key: '/key.pem' };
  const lab: NamedEngine = { name: 'lab', address: 'tcp://lab:1234', tls };

  it('are those of the settings, with their TLS files', () => {
    const settings = { engine: '', engines: [...engines, lab] };
    expect(findEngine('box', settings, filesOf({}))).toMatchObject({ title: 'box', endpoint: { kind: 'ssh', host: 'box', user: 'me' } });
    expect(findEngine('lab', settings, filesOf({}))).toMatchObject({ endpoint: { kind: 'tcp', host: 'lab', port: 1234, tls } });
  });

  it('may be the default', () => {
    expect(resolve({ setting: 'box', engines })).toMatchObject({ kind: 'ssh', host: 'box' });
    expect(resolve({ setting: 'context:desk', files: metaOf('desk', 'unix:///desk.sock') })).toEqual(at('/desk.sock', 'context'));
  });

  it('say what to do when they are gone', () => {
    for (const id of ['gone', 'context:gone'])
      expect(findEngine(id, { engine: '', engines }, filesOf({}))).toMatchObject({
        engineId: id,
        endpoint: { kind: 'invalid', reason: expect.stringContaining('"gone"') },
      });
  });

  it('are listed once: the default, the settings, all contexts, sockets found', () => {
    const files = { ...metaOf('zoo', 'ssh://zoo'), ...metaOf('attic', 'unix:///attic.sock'), '/home/u/.docker/contexts/meta/broken/meta.json': '{' };
    const sockets = ['/var/run/docker.sock', '/home/u/.docker/desktop/docker.sock'];
    const listed = listEngines({ engine: '', engines }, filesOf({ files, sockets }));
    expect(listed.map(({ engineId }) => engineId)).toEqual(['default', 'box', 'context:attic', 'context:zoo', 'socket:/home/u/.docker/desktop/docker.sock']);
  });

  it("bring a context's TLS files, and are refused when they verify nobody", () => {
    const folder = `/home/u/.docker/contexts/tls/${hashOf('far')}/docker`;
    const files = { ...metaOf('far', 'tcp://far:2376'), [`${folder}/ca.pem`]: 'x', ...metaOf('blind', 'tcp://far:2376', { SkipTLSVerify: true }) };
    const find = (id: string): Endpoint => findEngine(id, { engine: '', engines }, filesOf({ files })).endpoint;
    expect(find('context:far')).toMatchObject({ kind: 'tcp', tls: { ca: `${folder}/ca.pem` } });
    expect(find('context:blind')).toMatchObject({ kind: 'invalid', reason: expect.stringContaining('does not verify') });
  });
});
