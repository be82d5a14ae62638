import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installPackages } from '../../electron/workspaces/packages.ts';
import { createTestWall, type TestWall, type Walled } from '../fixtures/wall.ts';

/** A container in which root may install packages, of a user who is not root: what its agent gets of that. */

let test: TestWall;
let one: Walled;
const powers = ['CHOWN', 'SETUID', 'SETGID', 'DAC_OVERRIDE', 'FOWNER'];

beforeAll(async () => {
  test = await createTestWall();
  const command = ['sh', '-c', 'echo begun >/dev/stdout; exec sleep 10000'];
  one = await test.build('restricted', {
    rootHasPowers: true,
    capabilities: powers,
    groups: ['4242', 'video'],
    entrypoint: ['tini', '--', 'forge-init'],
    command,
  });
});
afterAll(() => test?.cleanUp());

/** A line for each process: who it is, and its four sets of capabilities that count (proc(5)). */
async function processes(): Promise<readonly string[]> {
  const line = String.raw`for s in /proc/[0-9]*/status; do awk '/^Uid:/ {u=$2"/"$3"/"$4"/"$5} /^Gid:/ {g=$2} /^Groups:/ {$1=""; r=$0} /^Cap(Inh|Prm|Eff|Amb)/ {c=c" "$2} END {if (u) print u, g, r, c}' $s; done 2>/dev/null`;
  return (await test.run(one, line)).split('\n').map((text) => text.replaceAll(/ +/g, ' '));
}
function logs(): string {
  return execFileSync('docker', ['logs', one.agent], { encoding: 'utf8' });
}

describe('a container in which root may install packages', () => {
  it('runs everything as its user: the first process, its children, and what is started in it without a user', async () => {
    const seen = await processes();
    expect(seen.length).toBeGreaterThan(3);
    // Engines put the first group among the others.
    expect(seen.filter((line) => !/^1000\/1000\/1000\/1000 1000 44 (?:1000 )?4242(?: 0{16}){4}$/.test(line))).toEqual([]);
    expect(await test.run(one, 'id -u; id -G; tr "\\0" " " </proc/1/cmdline')).toMatch(/^1000\n1000 44 4242\ntini -- forge-init sh -c /);
  });

  it('lets its command write to its output by name', () => {
    expect(logs()).toBe('begun\n');
  });

  it('gives the agent no way to become root again, nor to change what root runs', async () => {
    const attempts = [
      'setpriv --reuid=0 true',
      'setpriv --ambient-caps=+chown --inh-caps=+chown true',
      'unshare -Ur chown 0:0 /project 2>/dev/null && chown 0:0 /etc/passwd',
      'cp /bin/bash /tmp/root && chown 0:0 /tmp/root',
      'cp /bin/bash /tmp/root && chmod 6755 /tmp/root && /tmp/root -p -c "test $(id -u) = 0"',
      'echo x >>/usr/bin/setpriv',
      'echo x >>/bin/sh',
      'echo /tmp/evil.so >/etc/ld.so.preload',
      'mv /usr/bin/setpriv /tmp/',
      'python3 -c "import os; os.setuid(0)"',
      'python3 -c "import os; os.setgroups([0])"',
      'python3 -c "import ctypes; exit(0 if ctypes.CDLL(None).prctl(47, 2, 0, 0, 0) == 0 else 1)"',
    ];
    for (const line of attempts) expect([line, await test.run(one, `(${line}) >/dev/null 2>&1 && echo done || echo refused`)]).toEqual([line, 'refused']);
  });

  it('is its user again after a restart, however that comes about', async () => {
    execFileSync('docker', ['restart', '-t', '1', one.agent], { stdio: 'ignore' });
    expect((await processes()).filter((line) => !line.startsWith('1000/1000/1000/1000 '))).toEqual([]);
    expect(logs()).toBe('begun\nbegun\n');
  });

  it('has the package after the call, owned by root', async () => {
    const sources = await test.run(one, 'cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null');
    const hosts = new Set([...sources.matchAll(/https?:\/\/([^/\s:]+)/g)].map(([, host]) => host!));
    expect(hosts.size).toBeGreaterThan(0);
    for (const host of hosts) await test.wall.addRule(one.workspaceId, host, { allowPrivate: true, addedBy: 'user' });
    const record = { workspaceId: one.workspaceId, effective: { systemPackages: true, env: {} } } as unknown as Parameters<typeof installPackages>[1]['record'];
    const { output, exitCode } = await installPackages(test.engine, { record, isRunning: true, containerId: one.agent }, ['hello']);
    expect(output).toMatch(/Setting up hello/);
    expect(exitCode).toBe(0);
    expect(await test.run(one, 'hello; stat -c %U:%G /usr/bin/hello')).toBe('Hello, world!\nroot:root');
    expect((await processes()).filter((line) => !line.startsWith('1000/1000/1000/1000 '))).toEqual([]);
  });

  it('still has its wall', async () => {
    expect((await test.wall.test(one.workspaceId)).passed).toBe(true);
  });
});
