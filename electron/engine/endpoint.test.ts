import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Endpoint, type EndpointSources, parseAddress, resolveEndpoint } from './endpoint.ts';

type World = {
  readonly setting?: string;
  readonly env?: Record<string, string>;
  readonly platform?: NodeJS.Platform;
  readonly files?: Record<string, string>;
  readonly sockets?: readonly string[];
};

function sources({ setting = '', env = {}, platform = 'linux', files = {}, sockets = [] }: World): EndpointSources {
  return { setting, env, home: '/home/u', platform, readText: (path) => files[path] ?? null, isSocket: (path) => sockets.includes(path) };
}

function metaOf(name: string, host: unknown, folder = '/home/u/.docker'): Record<string, string> {
  const hash = createHash('sha256').update(name).digest('hex');
  return { [`${folder}/contexts/meta/${hash}/meta.json`]: JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }) };
}

function parse(address: string, platform: NodeJS.Platform = 'linux'): Endpoint {
  return parseAddress(address, 'settings', platform);
}

const at = (path: string, origin: string): unknown => ({ kind: 'socket', path, address: `unix://${path}`, origin });

describe('resolveEndpoint', () => {
  const config = { '/home/u/.docker/config.json': '{"currentContext":"desk"}', ...metaOf('desk', 'unix:///home/u/desk.sock') };

  it('prefers the setting over everything', () => {
    const world = { setting: ' /run/mine.sock ', env: { DOCKER_HOST: 'unix:///run/env.sock' }, files: config };
    expect(resolveEndpoint(sources(world))).toEqual(at('/run/mine.sock', 'settings'));
  });

  it('then takes DOCKER_HOST, even over a context', () => {
    expect(resolveEndpoint(sources({ env: { DOCKER_HOST: 'unix:///run/env.sock' }, files: config }))).toEqual(at('/run/env.sock', 'DOCKER_HOST'));
  });

  it('then the current context', () => {
    expect(resolveEndpoint(sources({ files: config, sockets: ['/var/run/docker.sock'] }))).toEqual(at('/home/u/desk.sock', 'context'));
  });

  it('follows DOCKER_CONTEXT and DOCKER_CONFIG', () => {
    const files = metaOf('far', 'unix:///far.sock', '/etc/dk');
    expect(resolveEndpoint(sources({ env: { DOCKER_CONTEXT: 'far', DOCKER_CONFIG: '/etc/dk' }, files }))).toEqual(at('/far.sock', 'context'));
  });

  it('says which context cannot be read instead of falling back to another engine', () => {
    const found = resolveEndpoint(sources({ files: { '/home/u/.docker/config.json': '{"currentContext":"gone"}' }, sockets: ['/var/run/docker.sock'] }));
    expect(found).toMatchObject({ kind: 'invalid', origin: 'context', reason: expect.stringContaining('"gone"') });
  });

  it.each(['default', ''])('takes the context "%s" as none', (name) => {
    expect(resolveEndpoint(sources({ files: { '/home/u/.docker/config.json': JSON.stringify({ currentContext: name }) } }))).toEqual(
      at('/var/run/docker.sock', 'default'),
    );
  });

  it('survives a broken config file', () => {
    expect(resolveEndpoint(sources({ files: { '/home/u/.docker/config.json': '{"currentContext":' } }))).toEqual(at('/var/run/docker.sock', 'default'));
  });

  it('finds known sockets: Docker Desktop, Colima, OrbStack on macOS, rootless on Linux', () => {
    expect(resolveEndpoint(sources({ platform: 'darwin', sockets: ['/home/u/.colima/default/docker.sock'] }))).toEqual(
      at('/home/u/.colima/default/docker.sock', 'known'),
    );
    const rootless = { env: { XDG_RUNTIME_DIR: '/run/user/1' }, sockets: ['/run/user/1/docker.sock'] };
    expect(resolveEndpoint(sources(rootless))).toEqual(at('/run/user/1/docker.sock', 'known'));
  });

  it('ends at the platform default', () => {
    expect(resolveEndpoint(sources({ platform: 'darwin' }))).toEqual(at('/var/run/docker.sock', 'default'));
    expect(resolveEndpoint(sources({ platform: 'win32' }))).toMatchObject({ path: '//./pipe/docker_engine', origin: 'default' });
  });
});

describe('parseAddress', () => {
  it.each([
    ['/run/docker.sock', '/run/docker.sock'],
    ['unix:///run/docker.sock', '/run/docker.sock'],
    ['UNIX:///run/docker.sock', '/run/docker.sock'],
  ])('reads %s', (address, path) => {
    expect(parse(address)).toMatchObject({ kind: 'socket', path });
  });

  it.each(['\\\\.\\pipe\\docker_engine', '//./pipe/docker_engine', 'npipe:////./pipe/docker_engine'])(
    'reads the pipe %s on Windows and refuses it elsewhere',
    (address) => {
      expect(parse(address, 'win32')).toMatchObject({ kind: 'socket', path: '//./pipe/docker_engine' });
      expect(parse(address)).toMatchObject({ kind: 'invalid' });
    },
  );

  it.each([
    ['tcp://10.0.0.1:2375', 'TCP'],
    ['https://engine:2376', 'TCP'],
    ['ssh://me@box', 'SSH'],
    ['docker.sock', 'absolute'],
    ['unix://docker.sock', 'absolute'],
    ['unix://', 'absolute'],
    ['ftp://x', 'ftp'],
    ['npipe://x', 'Windows'],
  ])('refuses %s with a reason that names %s', (address, word) => {
    expect(parse(address)).toMatchObject({ kind: 'invalid', address, reason: expect.stringContaining(word) });
  });
});
