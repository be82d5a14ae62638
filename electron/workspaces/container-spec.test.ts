import { describe, expect, it } from 'vitest';
import { withGroup, withUser } from './container-files.ts';
import { agentContainerSpec, defaultLimits, type SpecParts } from './container-spec.ts';
import { explainDeath } from './death.ts';
import { builtInOptions } from './options.ts';

const parts: SpecParts = {
  record: {
    workspaceId: 'deadbeef',
    projectId: '0123456789ab',
    name: 'Claude Code',
    phase: 'creating',
    createdAt: '2026-01-01T00:00:00Z',
    agent: 'claude-code',
    asked: {},
    effective: { ...builtInOptions({ cpus: 1.5, memoryMb: 3000, pidsLimit: 500 }), env: { EDITOR: 'vim', PATH: '/mine' } },
    project: { path: '/home/ada/My Anvil', name: 'My Anvil' },
  },
  image: { reference: 'forgehold/agent:1' },
  site: {
    network: 'net',
    agentAddress: '10.0.0.3',
    gatewayAddress: '10.0.0.2',
    caCertificate: 'PEM',
    seccomp: '{}',
    sysctls: { 'net.ipv6.conf.all.disable_ipv6': '1' },
  },
  user: { uid: 1000, gid: 1000 },
  mounts: [],
  workingDir: '/home/ada/My Anvil',
  path: ['/tools/node/bin'],
  npm: '/tools/npm/1.0.0/linux',
  environment: { DISABLE_AUTOUPDATER: '1' },
  timeZone: 'Europe/Berlin',
};

describe('the agent container', () => {
  it('has no power and one way out', () => {
    expect(agentContainerSpec(parts)).toMatchObject({
      user: '1000:1000',
      capabilities: [],
      network: { name: 'net', address: '10.0.0.3' },
      dns: ['10.0.0.2'],
      seccomp: '{}',
      sysctls: parts.site.sysctls,
      cpus: 1.5,
      memoryMb: 3000,
      pidsLimit: 500,
      hostname: 'my-anvil',
      workingDir: '/home/ada/My Anvil',
    });
  });

  it('has a place in memory that only the agent reads', () => {
    expect(agentContainerSpec(parts).mounts).toEqual([
      { kind: 'tmpfs', target: '/run/forgehold', sizeMb: 16, mode: 0o700, uid: 1000, gid: 1000, noExec: true },
    ]);
  });

  it("lets the user's environment win, and says it is a sandbox to root only", () => {
    const { env } = agentContainerSpec(parts);
    expect(env).toMatchObject({ EDITOR: 'vim', PATH: '/mine', TZ: 'Europe/Berlin', DISABLE_AUTOUPDATER: '1' });
    expect(env).not.toHaveProperty('IS_SANDBOX');
    expect(agentContainerSpec({ ...parts, user: { uid: 0, gid: 0 } }).env['IS_SANDBOX']).toBe('1');
  });

  it('is started as root, which leaves at once, where root may install packages; a host user who is root has no need of that', () => {
    const record = { ...parts.record, effective: { ...parts.record.effective, systemPackages: true } };
    const spec = agentContainerSpec({ ...parts, record });
    expect(spec).toMatchObject({ user: '1000:1000', rootHasPowers: true, entrypoint: ['tini', '--', 'forge-init'] });
    expect(agentContainerSpec({ ...parts, record, image: { reference: 'own', path: ['/bin'] } }).entrypoint).toEqual(['/bin/sh', '/opt/forgehold/forge-init']);
    expect(agentContainerSpec({ ...parts, record, user: { uid: 0, gid: 0 } })).not.toHaveProperty('rootHasPowers');
  });

  it('has a hash that tells a change', () => {
    expect(agentContainerSpec(parts).spec).toBe(agentContainerSpec({ ...parts }).spec);
    expect(agentContainerSpec({ ...parts, image: { reference: 'forgehold/agent:2' } }).spec).not.toBe(agentContainerSpec(parts).spec);
  });

  it.each([
    [
      { cpus: 1, memoryMb: 1000 },
      { cpus: 1, memoryMb: 1000 },
    ],
    [
      { cpus: 8, memoryMb: 16_000 },
      { cpus: 4, memoryMb: 4000 },
    ],
    [
      { cpus: 64, memoryMb: 256_000 },
      { cpus: 32, memoryMb: 8192 },
    ],
  ])('gets of %o by default %o', (machine, limits) => {
    expect(defaultLimits(machine)).toMatchObject(limits);
  });
});

describe('names of the ids', () => {
  const passwd = 'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/:/bin/false\n';
  it('are added, and take the place of others', () => {
    expect(withUser(passwd, { uid: 1000, gid: 1000 })).toContain('agent:x:1000:1000:agent:/home/agent:/bin/bash\nroot:');
    expect(withUser(passwd, { uid: 1, gid: 1 })).not.toContain('daemon');
    expect(withUser(passwd, { uid: 0, gid: 0 })).toMatch(/^root:x:0:0:root:\/home\/agent:\/bin\/bash\ndaemon/);
    expect(withGroup('dialout:x:20:\n', 20)).toBe('dialout:x:20:\n');
    expect(withGroup('dialout:x:20:\n', 1000)).toBe('dialout:x:20:\nagent:x:1000:\n');
  });
});

describe('explainDeath', () => {
  it.each([
    [{ exitCode: 137, oomKilled: true }, 'ran out of memory: its limit is 512 MiB'],
    [{ exitCode: 137, oomKilled: false }, 'was killed'],
    [{ exitCode: 0, oomKilled: false }, 'stopped outside'],
    [{ exitCode: 3, oomKilled: false }, 'exit code 3'],
  ])('says of %o that it %s', (info, words) => {
    expect(explainDeath(info, 512, ['bye'], false)).toContain(words);
    expect(explainDeath(info, 512, ['bye'], false)).toMatch(/Its last words: bye$/);
  });

  it('blames nobody for what happened while the engine was away', () => {
    expect(explainDeath({ exitCode: 0, oomKilled: false }, 512, [], true)).toContain('may have been restarted');
    expect(explainDeath({ exitCode: 137, oomKilled: true }, 512, [], true)).toContain('512 MiB');
    expect(explainDeath({ exitCode: 3, oomKilled: false }, 512, [], true)).toContain('exit code 3');
  });
});
