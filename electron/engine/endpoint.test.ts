import { describe, expect, it } from 'vitest';
import { type Endpoint, isLocal, parseAddress } from './endpoint.ts';
import { sshArguments } from './ssh-tunnel.ts';

const tls = { ca: '/ca.pem' };

function parse(address: string, platform: NodeJS.Platform = 'linux'): Endpoint {
  return parseAddress(address, { origin: 'settings', platform });
}

describe('parseAddress', () => {
  it.each([
    ['/run/docker.sock', '/run/docker.sock'],
    ['unix:///run/docker.sock', '/run/docker.sock'],
    ['UNIX:///run/docker.sock', '/run/docker.sock'],
  ])('reads %s', (address, path) => {
    expect(parse(address)).toMatchObject({ kind: 'socket', path });
    expect(isLocal(parse(address))).toBe(true);
  });

  it.each(['\\\\.\\pipe\\docker_engine', '//./pipe/docker_engine', 'npipe:////./pipe/docker_engine'])(
    'reads the pipe %s on Windows and refuses it elsewhere',
    (address) => {
      expect(parse(address, 'win32')).toMatchObject({ kind: 'socket', path: '//./pipe/docker_engine', address: 'npipe:////./pipe/docker_engine' });
      expect(parse(address)).toMatchObject({ kind: 'invalid' });
    },
  );

  it.each([
    ['tcp://engine.example', { host: 'engine.example', port: 2376 }],
    ['tcp://engine.example:99/', { host: 'engine.example', port: 99 }],
    ['tcp://[2001:db8::7]:99', { host: '2001:db8::7', port: 99 }],
  ])('reads %s with TLS', (address, wanted) => {
    expect(parseAddress(address, { origin: 'settings', platform: 'linux', tls })).toMatchObject({ kind: 'tcp', tls, ...wanted });
  });

  it.each(['tcp://127.0.0.1', 'tcp://localhost:2375', 'tcp://LOCALHOST', 'tcp://[::1]:2375', 'tcp://127.8.9.1'])(
    'reads %s without TLS, and counts it as remote',
    (address) => {
      expect(parse(address)).toMatchObject({ kind: 'tcp', port: 2375, tls: null });
      expect(isLocal(parse(address))).toBe(false);
    },
  );

  it.each(['tcp://10.0.0.1:2375', 'tcp://engine', 'tcp://127.0.0.1.example.com', 'tcp://127.1', 'tcp://[::]'])('refuses %s without TLS', (address) => {
    expect(parse(address)).toMatchObject({ kind: 'invalid', reason: expect.stringContaining('Without TLS') });
  });

  it.each([
    ['ssh://box', { host: 'box', path: '/var/run/docker.sock' }],
    ['ssh://me@box.example:2222', { host: 'box.example', user: 'me', port: 2222 }],
    ['ssh://me@192.0.2.7/run/user/1000/docker.sock', { host: '192.0.2.7', user: 'me', path: '/run/user/1000/docker.sock' }],
    ['ssh://[2001:db8::7]', { host: '2001:db8::7' }],
  ])('reads %s', (address, wanted) => {
    expect(parse(address)).toMatchObject({ kind: 'ssh', address, ...wanted });
    expect(isLocal(parse(address))).toBe(false);
  });

  it.each([
    'ssh://-oProxyCommand=touch%20/tmp/x',
    'ssh://-lroot',
    'ssh://-oProxyCommand=x@box',
    'ssh://%2doProxyCommand=x@box',
    'ssh://me;id@box',
    'ssh://`id`@box',
    'ssh://$(id)@box',
    'ssh://box%0a',
    'ssh://box%20box',
    'ssh://me@box/run/a:b.sock',
    'ssh://me@box/run/%25h.sock',
    'ssh://me@box/run/$HOME.sock',
    'ssh://me@box/run/a%5cb.sock',
    'ssh://me@box/run/docker.sock?x',
    'ssh://me:secret@box',
    'ssh://',
    'ssh:///run/docker.sock',
    'ssh://box:99999',
  ])('refuses %s: nothing of it may become an option, a command or a token of ssh', (address) => {
    expect(parse(address)).toMatchObject({ kind: 'invalid', address });
  });

  it.each([
    ['https://engine:2376', 'tcp://'],
    ['http://engine', 'tcp://'],
    ['tcp://', 'host'],
    ['tcp://me@127.0.0.1', 'user'],
    ['tcp://127.0.0.1/x', 'behind'],
    ['docker.sock', 'absolute'],
    ['unix://docker.sock', 'absolute'],
    ['unix://', 'absolute'],
    ['ftp://x', 'ftp'],
    ['npipe://x', 'Windows'],
    ['fd://', 'fd'],
  ])('refuses %s with a reason that names %s', (address, word) => {
    expect(parse(address)).toMatchObject({ kind: 'invalid', address, reason: expect.stringContaining(word) });
  });
});

describe('the arguments of ssh', () => {
  it('end its options before the host', () => {
    const argv = sshArguments({ host: 'box', user: 'me', port: 2222, path: '/run/docker.sock' }, '/tmp/x.sock');
    expect(argv.slice(argv.indexOf('-L'), -1)).toEqual(['-L', '/tmp/x.sock:/run/docker.sock', '-l', 'me', '-p', '2222', '--', 'box']);
    expect(argv.at(-1)).toContain('[ -w /run/docker.sock ]');
    expect(argv).toContain('BatchMode=yes');
    expect(argv.join(' ')).not.toMatch(/StrictHostKeyChecking|UserKnownHostsFile/);
  });
});
