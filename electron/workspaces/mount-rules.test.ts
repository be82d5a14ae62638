import { describe, expect, it } from 'vitest';
import { explainTarget, judgeMount, type MountSurroundings } from './mount-rules.ts';

const linux: MountSurroundings = {
  home: '/home/ada',
  data: '/home/ada/.forgehold',
  platform: 'linux',
  agentWritable: ['/home/ada/anvil', '/srv/shared'],
  projects: ['/home/ada/anvil'],
};
const mac: MountSurroundings = { ...linux, home: '/Users/ada', data: '/Users/ada/.forgehold', platform: 'darwin', agentWritable: [], projects: [] };

describe('a source of a mount', () => {
  it.each(['/srv/data', '/home/ada/anvil', '/home/ada/notes', '/opt/models'])('%s is fine, both ways', (path) => {
    expect([judgeMount(path, true, linux), judgeMount(path, false, linux)]).toEqual([{ kind: 'fine' }, { kind: 'fine' }]);
  });

  it.each([
    '/',
    '/proc',
    '/proc/1/root',
    '/sys',
    '/dev',
    '/dev/sda',
    '/run',
    '/run/docker.sock',
    '/var/run/docker.sock',
    '/run/user/1000/bus',
    '/var',
    '/var/lib',
    '/var/lib/docker/volumes',
    '/home/ada/.forgehold',
    '/home/ada/.forgehold/workspaces/x',
    '/host_mnt/home/ada/.ssh',
    '/run/desktop/mnt/host/home/ada',
    '/home/ada/anvil/sub',
    '/srv/shared/sub/deeper',
  ])('%s is refused, read-only or not', (path) => {
    expect([judgeMount(path, true, linux).kind, judgeMount(path, false, linux).kind]).toEqual(['refused', 'refused']);
  });

  it.each(['/home/ada', '/home', '/etc', '/usr/lib'])('%s needs a confirmation to be read, and is never written', (path) => {
    expect([judgeMount(path, true, linux).kind, judgeMount(path, false, linux).kind]).toEqual(['confirm', 'refused']);
  });

  it.each(['/home/ada/.ssh', '/home/ada/.ssh/id_ed25519', '/home/ada/.config/gcloud', '/home/ada/.local', '/tmp', '/opt'])(
    '%s needs a confirmation',
    (path) => {
      expect([judgeMount(path, true, linux).kind, judgeMount(path, false, linux).kind]).toEqual(['confirm', 'confirm']);
    },
  );

  it.each(['/home/ada/.bashrc', '/home/ada/.netrc', '/home/ada/.npmrc', '/home/ada/.cargo/bin', '/home/ada/.local/bin', '/home/ada/.sshfs'])(
    '%s is part of the settings of programs: it needs a confirmation, a file as well as a folder',
    (path) => {
      expect([judgeMount(path, true, linux).kind, judgeMount(path, false, linux).kind]).toEqual(['confirm', 'confirm']);
    },
  );

  it('that holds the sockets of Forgehold, or is part of them, is refused even for reading: a socket is a door either way', () => {
    const shared = { ...linux, sockets: '/tmp/forgehold-1000' };
    for (const path of ['/tmp', '/tmp/forgehold-1000', '/tmp/forgehold-1000/ssh-1.sock']) expect(judgeMount(path, true, shared).kind).toBe('refused');
    expect(judgeMount('/tmp/other', true, shared).kind).toBe('fine');
  });

  it('that holds a project, or is part of a repository, is not written: its git would lie open', () => {
    const work = { ...linux, agentWritable: [], projects: ['/work/anvil'] };
    expect([judgeMount('/work', true, work).kind, judgeMount('/work', false, work).kind]).toEqual(['fine', 'refused']);
    expect([judgeMount('/x/repo/.git', true, linux).kind, judgeMount('/x/repo/.git/hooks', false, linux).kind]).toEqual(['fine', 'refused']);
  });

  it.each(['/USERS/ada/.SSH', '/users/ADA', '/DEV/disk0', '/Private/Var/Run', '/Volumes/Macintosh HD/Users/ada/.ssh', '/system/volumes/data/Users/ada'])(
    '%s is the same on macOS in any letters, and not fine',
    (path) => {
      expect(judgeMount(path, true, mac).kind).not.toBe('fine');
    },
  );

  it('is compared by whole names', () => {
    expect(judgeMount('/home/ada/src/.sshfs', true, linux).kind).toBe('fine');
    expect(judgeMount('/developers', true, linux).kind).toBe('fine');
    expect(judgeMount('/ETC', true, linux).kind).toBe('fine');
  });
});

describe('a target of a mount', () => {
  it.each(['/mnt/data', '/home/agent/.config/gcloud', '/home/ada/anvil/vendor', '/srv/x', '/data'])('%s may be', (target) => {
    expect(explainTarget(target, '/home/ada/anvil', [])).toBeNull();
  });

  it.each([
    '/',
    '/etc',
    '/etc/ssl/certs',
    '/proc/x',
    '/opt',
    '/opt/forgehold',
    '/opt/forgehold/provided',
    '/run/forgehold',
    '/home/agent',
    '/home',
    '/home/ada',
    '/home/ada/anvil',
    '/home/ada/anvil/.git',
    '/home/ada/anvil/.git/hooks',
    '/home/ada/anvil/sub/.git',
    '/usr/bin',
    '/lib',
    '/tmp',
    '/var/cache/forgehold/npm',
    '/mnt/../etc',
    '/mnt//data',
    '/mnt/./data',
  ])('%s may not be', (target) => {
    expect(explainTarget(target, '/home/ada/anvil', [])).toEqual(expect.any(String));
  });

  it('is given once', () => {
    expect(explainTarget('/mnt/data', '/p', ['/mnt/data'])).toContain('Two mounts');
  });
});
