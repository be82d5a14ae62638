import { describe, expect, it } from 'vitest';
import { toCreateBody } from './container-body.ts';
import type { ContainerSpec } from './objects.ts';

const spec: ContainerSpec = {
  name: 'forge-agent-p-w',
  image: 'img',
  user: '1000:1000',
  env: { A: '1', B: 'x=y' },
  mounts: [
    { kind: 'bind', source: '/home/u/p', target: '/home/u/p', readOnly: false },
    { kind: 'volume', source: 'tools', target: '/opt/tools', readOnly: true },
    { kind: 'tmpfs', target: '/tmp', sizeMb: 64, mode: 0o1777 },
    { kind: 'tmpfs', target: '/run/x', sizeMb: 1, mode: 0o700, uid: 1000, gid: 1000, noExec: true },
  ],
  network: { name: 'net', address: '10.1.0.3', aliases: ['agent'] },
  dns: ['10.1.0.2'],
  readOnlyRoot: true,
  capabilities: [],
  seccomp: '{"defaultAction":"SCMP_ACT_ALLOW"}',
  sysctls: { 'net.ipv6.conf.all.disable_ipv6': '1' },
  cpus: 1.5,
  memoryMb: 512,
  pidsLimit: 100,
  restart: 'unless-stopped',
};
const body = toCreateBody(spec, { labels: { l: '1' }, networkId: 'n1' });
const host = body.HostConfig!;

describe('toCreateBody', () => {
  it('takes all power away by default', () => {
    expect(host).toMatchObject({
      Privileged: false,
      CapDrop: ['ALL'],
      CapAdd: [],
      ReadonlyRootfs: true,
      SecurityOpt: ['no-new-privileges', `seccomp=${spec.seccomp}`],
    });
  });

  it('starts as root where root is to have powers, leaves it at once, and says who runs in it', () => {
    const given = { ...spec, rootHasPowers: true, capabilities: ['CHOWN'], entrypoint: ['tini', '--', 'forge-init'] };
    const made = toCreateBody(given, { labels: { l: '1' }, networkId: 'n1' });
    expect(made).toMatchObject({ User: '0:0', Labels: { l: '1', 'dev.forgehold.user': '1000:1000' } });
    expect(made.Entrypoint).toEqual(expect.arrayContaining(['--reuid=1000', '--regid=1000', '--clear-groups', '--inh-caps=-all', '--', 'tini']));
    expect(toCreateBody({ ...given, groups: ['4242', 'video'] }, { labels: {}, networkId: 'n1' }).Entrypoint).toContain('--groups=4242,video');
    // A label of an image would be the container's, too.
    expect(body).toMatchObject({ User: '1000:1000', Labels: { 'dev.forgehold.user': '' } });
  });

  it('joins the network by its proven id, at the fixed address', () => {
    expect(host.NetworkMode).toBe('n1');
    expect(body.NetworkingConfig?.EndpointsConfig).toEqual({ n1: { IPAMConfig: { IPv4Address: '10.1.0.3' }, Aliases: ['agent'] } });
  });

  it('has no network at all when told so', () => {
    const none = toCreateBody({ ...spec, network: 'none' }, { labels: {}, networkId: null });
    expect(none.HostConfig?.NetworkMode).toBe('none');
    expect(none.NetworkingConfig).toBeUndefined();
  });

  it('makes memory a limit without swap on top', () => {
    expect(host).toMatchObject({ Memory: 512 * 1024 * 1024, MemorySwap: 512 * 1024 * 1024, NanoCpus: 1_500_000_000, PidsLimit: 100 });
  });

  it('mounts folders so that a missing one is an error, and volumes as volumes', () => {
    expect(host.Mounts).toEqual([
      { Type: 'bind', Source: '/home/u/p', Target: '/home/u/p', ReadOnly: false, BindOptions: { Propagation: 'rprivate' } },
      { Type: 'volume', Source: 'tools', Target: '/opt/tools', ReadOnly: true },
    ]);
    expect(host.Binds).toBeUndefined();
  });

  it('writes tmpfs modes in octal, with owner and without programs where asked', () => {
    expect(host.Tmpfs).toEqual({ '/tmp': 'rw,nosuid,nodev,exec,size=64m,mode=1777', '/run/x': 'rw,nosuid,nodev,noexec,size=1m,mode=700,uid=1000,gid=1000' });
  });

  it('bounds the log on disk', () => {
    expect(host.LogConfig).toEqual({ Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } });
  });
});
