import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SelfTestSite } from '../../electron/network/attempts.ts';
import { runSelfTest } from '../../electron/network/self-test.ts';
import { withWitness } from '../../electron/network/witness.ts';
import ours from '../../resources/seccomp/agent.json' with { type: 'json' };
import { createTestWall, hostAddresses, type TestWall, type Walled } from '../fixtures/wall.ts';

/** Says of every attempt what would be right, and does nothing; in the place of the interpreter, with the real answers of an earlier run. */
const liar = '#!/bin/sh\ncat /tmp/answers';
const folder = mkdtempSync(join(tmpdir(), 'forge-profile-'));
const strict = join(folder, 'strict.json');

let test: TestWall;
let one: Walled;
beforeAll(async () => {
  // As ours, without what makes links.
  const syscalls = ours.syscalls.map((rule) => ({ ...rule, names: rule.names.filter((name) => !/^(sym)?link(at)?$/.test(name)) }));
  writeFileSync(strict, JSON.stringify({ ...ours, syscalls }));
  test = await createTestWall(undefined, { seccompProfile: strict });
  one = await test.build('restricted', { user: '0:0' });
});
afterAll(async () => {
  await test?.cleanUp();
  rmSync(folder, { recursive: true });
});

function docker(...argv: readonly string[]): string {
  return execFileSync('docker', argv, { encoding: 'utf8' }).trim();
}
const state = (): string => test.wall.state(one.workspaceId).kind;
/** The address before this one. */
const near = (address: string): string => address.replace(/\d+$/, (last) => String(Number(last) - 1));
const raise = (): Promise<unknown> => test.wall.raise({ ...one, mode: 'restricted' }, () => undefined);
/** All states that the wall goes through until it stands again. */
async function statesOf(cause: () => unknown): Promise<readonly string[]> {
  const states: string[] = [];
  const dispose = test.wall.onChange(() => states.push(state()));
  try {
    await cause();
    await expect.poll(() => states.includes('testing') && state() === 'standing', { timeout: 60_000 }).toBe(true);
    return states;
  } finally {
    dispose();
  }
}
/** Witnesses that were made, and those that are left. */
async function witnessesOf(work: () => Promise<unknown>): Promise<readonly [made: number, left: number]> {
  let made = 0;
  const dispose = test.engine.onEvent(({ action, name }) => {
    if (action === 'create' && name.startsWith('forge-witness-')) made++;
  });
  await work();
  await new Promise((resolve) => setTimeout(resolve, 300));
  dispose();
  return [made, (await test.engine.listContainers({ role: 'probe' })).length];
}

describe('the self-test', () => {
  it('is made from the agent container alone when that has just been started, and later beside it as well', async () => {
    expect(await witnessesOf(() => test.wall.test(one.workspaceId))).toEqual([0, 0]);
    expect(await witnessesOf(() => test.wall.test(one.workspaceId))).toEqual([1, 0]);
    test.reopen();
    await raise();
    expect((await test.wall.test(one.workspaceId)).passed).toBe(true);
  });

  it('had controls for what must have one, and says so', async () => {
    const before = hostAddresses();
    const report = await test.wall.test(one.workspaceId);
    expect(report.attempts.filter(({ result }) => result === 'failed')).toEqual([]);
    expect(report).not.toHaveProperty('unproven');
    const tried = report.attempts.map(({ label }) => label);
    // Bridges of other containers come and go: those that were there all the time.
    const there = hostAddresses().filter((address) => before.includes(address) && /^[\d.]+$/.test(address) && !address.startsWith('127.'));
    expect(there).not.toEqual([]);
    for (const address of there) expect(tried).toContain(`TCP to the host at ${address}`);
  });

  it.each([
    ['its mode changes', () => test.wall.setMode(one.workspaceId, 'full')],
    ['its gateway ends', () => test.engine.stopContainer(one.gateway, 0)],
  ])('is made again when %s', async (_, cause) => {
    expect(await statesOf(cause)).toContain('testing');
  });

  it('is made again every hour', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      test.reopen();
      await raise();
      await test.wall.test(one.workspaceId);
      expect(await statesOf(() => vi.advanceTimersByTime(60 * 60 * 1000))).toContain('testing');
    } finally {
      vi.useRealTimers();
    }
    test.reopen();
    await raise();
    expect((await test.wall.test(one.workspaceId)).passed).toBe(true);
  });
});

describe('an agent that disturbs the self-test', () => {
  it('by ending its processes has no wall that stands, until it leaves off', async () => {
    // Without a process of its own in each round: it must be quicker than the test.
    const killer = `until [ -e /tmp/enough ]; do for p in /proc/[0-9]*; do { IFS= read -r -d '' c < $p/cmdline; } 2>/dev/null; if [[ $c == /usr/bin/python3 ]]; then kill -9 \${p#/proc/} 2>/dev/null; fi; done; done`;
    const killing = test.run(one, killer, 120_000);
    await expect(test.wall.test(one.workspaceId)).rejects.toMatchObject({ code: 'network/test-impossible' });
    expect(state()).not.toBe('standing');
    await test.run(one, 'touch /tmp/enough');
    await killing;
    await expect.poll(state, { timeout: 90_000 }).toBe('standing');
  });

  it('by a library, or programs before those of the system, disturbs nothing', async () => {
    const c = `#include <unistd.h>\\n__attribute__((constructor)) static void lie(void){write(1,"[]",2);_exit(0);}`;
    await test.run(
      one,
      `cd /tmp && printf '${c}' > l.c && gcc -shared -fPIC -w -o l.so l.c && mkdir -p bin && printf '#!/bin/sh\\necho "[]"' > bin/python3 && chmod +x bin/python3`,
    );
    expect(await test.run(one, 'LD_PRELOAD=/tmp/l.so /usr/bin/python3 -c "print(1)"'), 'control').toBe('[]');
    const agent = await test.build('restricted', {
      env: { LD_PRELOAD: '/tmp/l.so', PATH: '/tmp/bin:/usr/bin:/bin', PYTHONSTARTUP: '/tmp/x', PYTHONPATH: '/tmp' },
    });
    expect((await test.wall.test(agent.workspaceId)).attempts.length).toBeGreaterThan(20);
  });

  it('by another interpreter in the place of the real one is believed in nothing that a witness sees', async () => {
    const { engine } = test;
    const agents = (await engine.inspectContainer(one.gateway))!;
    const nonce = /nonce (\w+)/.exec((await engine.exec(one.gateway, ['forge-runtime'], { stdin: 'show map /cfg/mode.map\n' })).stdout)![1]!;
    const site: SelfTestSite = {
      ...{ engine, agent: one.agent, gateway: one.gateway, gatewayAddress: one.site.gatewayAddress, local: true, extraNetworks: [], nonce },
      ...{ egressHost: agents.networks[test.egress]!.replace(/\d+$/, '1'), bridgeAddress: near(one.site.gatewayAddress), hostAddresses: [] },
    };
    const failed = async (witness?: string): Promise<readonly string[]> => {
      const { attempts } = await runSelfTest({ ...site, ...(witness !== undefined && { witness }) });
      return attempts.filter(({ leak }) => leak === true).map(({ id }) => id);
    };
    const { attempts } = await runSelfTest(site);
    const answers = attempts.map(({ id, detail }) => ({ id, outcome: /^(allowed|denied|dns$)/.test(id) ? 'answer' : 'unreachable', detail }));
    await engine.exec(one.agent, ['sh', '-c', 'cat > /tmp/answers'], { stdin: JSON.stringify(answers) });
    await test.run(
      one,
      `cp --remove-destination "$(readlink -f /usr/bin/python3)" /tmp/real && printf '${liar.replaceAll('\n', '\\n')}' > /tmp/liar && chmod +x /tmp/liar && cat /tmp/liar > "$(readlink -f /usr/bin/python3)"`,
    );
    expect(await test.run(one, 'python3 -c "print(1)" | head -c 1'), 'control: it lies').toBe('[');
    expect(await failed()).toEqual([]);
    // Somebody who stands where the host can be reached.
    const place = {
      ...one,
      image: test.agentImage,
      network: test.egress,
      gatewayAddress: one.site.gatewayAddress,
      address: site.egressHost.replace(/1$/, '77'),
    };
    const seen = await withWitness(engine, { ...place, seccomp: one.site.seccomp, sysctls: one.site.sysctls }, failed);
    expect(seen).toEqual(expect.arrayContaining([`host-tcp-${site.egressHost}`, `host-icmp-${site.egressHost}`]));
    await test.run(one, 'cat /tmp/real > "$(readlink -f /usr/bin/python3)"');
  });
});

describe('a stricter seccomp profile of the user', () => {
  it('holds in agent containers, with all that ours denies', async () => {
    expect(await test.run(one, 'ln -s /etc/passwd /tmp/linked 2>&1; ls /tmp/linked 2>&1; true')).toMatch(/not permitted[^]*No such file/i);
    const broadcast = `import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.setsockopt(1, 6, 1); print(s.getsockopt(1, 6))\ntry: socket.socket(40, 1)\nexcept OSError as e: print('refused')`;
    expect((await test.engine.exec(one.agent, ['python3', '-c', broadcast])).stdout).toBe('0\nrefused\n');
  });

  it('that is gone, or allows too much, keeps a wall from being raised, in words', async () => {
    writeFileSync(strict, JSON.stringify({ defaultAction: 'SCMP_ACT_ERRNO', syscalls: [{ names: ['mount'], action: 'SCMP_ACT_ALLOW' }] }));
    await expect(raise()).rejects.toMatchObject({ code: 'settings/seccomp-refused', message: expect.stringContaining('mount') });
    rmSync(strict);
    await expect(raise()).rejects.toMatchObject({ code: 'settings/seccomp-unreadable' });
    writeFileSync(strict, JSON.stringify(ours));
    await raise();
  });
});

describe('a wall that was broken from outside', () => {
  it('by a network with a way out that somebody joins the agent to, is down at once, with the reason, and without healing', async () => {
    const { workspaceId } = one;
    await test.wall.test(workspaceId);
    const name = `forge-test-road-${test.installation}`;
    docker('network', 'create', '--label', 'forgehold-test=1', name);
    try {
      docker('network', 'connect', name, one.agent);
      await expect
        .poll(() => test.wall.state(workspaceId), { timeout: 60_000 })
        .toMatchObject({ kind: 'down', healing: false, reason: expect.stringContaining(name) });
      docker('network', 'disconnect', name, one.agent);
      expect((await test.wall.test(workspaceId)).passed).toBe(true);
    } finally {
      docker('network', 'rm', name);
    }
  });

  it('by a configuration that cannot be written, lets nothing more out, says so, and is put back', async () => {
    const { workspaceId } = one;
    await test.engine.exec(one.gateway, ['chmod', '500', '/cfg']);
    const states: string[] = [];
    const dispose = test.wall.onChange(() => states.push(JSON.stringify(test.wall.state(workspaceId))));
    await test.wall.addRule(workspaceId, 'unwritten.example.com', { allowPrivate: true, addedBy: 'user' }).catch(() => undefined);
    await expect.poll(() => states.some((one_) => one_.includes('could not be written')), { timeout: 30_000 }).toBe(true);
    await expect.poll(state, { timeout: 90_000 }).toBe('standing');
    dispose();
    expect((await test.engine.exec(one.gateway, ['forge-runtime'], { stdin: 'show map /cfg/exact.map\n' })).stdout).toContain('unwritten.example.com');
  });
});
