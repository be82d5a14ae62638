import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Decision } from '../../shared/model/domain.ts';
import { startUpstream } from '../fixtures/upstream.ts';
import { createTestWall, type TestWall, type Walled } from '../fixtures/wall.ts';

const slow = 'slow.example.com';
let test: TestWall;
let walled: Walled;

beforeAll(async () => {
  test = await createTestWall();
  walled = await test.build('restricted', { workingDir: '/tmp' });
  await test.wall.raise({ ...walled, mode: 'restricted', projectFolder: '/tmp/anvil' }, () => undefined);
  await startUpstream(test.engine, test.agentImage, [slow]);
  await test.wall.addRule(walled.workspaceId, slow, { allowPrivate: true, addedBy: 'user' });
  await test.run(walled, 'mkdir -p /tmp/anvil/src /tmp/other');
});
afterAll(() => test?.cleanUp());

async function decided(host: string, fits: (decision: Decision) => boolean): Promise<Decision> {
  return vi.waitFor(
    () => {
      const found = test.wall.decisions({ workspaceId: walled.workspaceId, limit: 1000 }).find((decision) => decision.host === host && fits(decision));
      if (found === undefined) throw new Error(`There is no such decision for ${host}.`);
      return found;
    },
    { timeout: 15_000, interval: 50 },
  );
}

/** A connection that is refused, by a client that stays to look at the answer. */
const refused = (host: string): string =>
  `exec -a client python3 -c "import socket, time; s = socket.create_connection(('${host}', 80)); s.sendall(b'GET / HTTP/1.1\\r\\nHost: ${host}\\r\\n\\r\\n'); time.sleep(8)"`;

describe('who made a connection', () => {
  it('is the program in the container, with its worktree, announced again under the same number', async () => {
    const heard: Decision[] = [];
    const dispose = test.wall.onDecision((decision) => heard.push(decision));
    const running = test.run(walled, `cd /tmp/anvil/src && curl -s -m 6 -H 'Authorization: secret' http://${slow}/slow >/dev/null; true`);
    const decision = await decided(slow, ({ program }) => program !== undefined);
    expect(decision).toMatchObject({ program: 'curl', worktree: 'main', verdict: 'allowed' });
    const [first, second] = heard.filter(({ seq }) => seq === decision.seq);
    expect(first).not.toHaveProperty('program');
    expect(second).toMatchObject({ program: 'curl', worktree: 'main' });
    dispose();
    await running;
  });

  it('is told of a refused one too, and stands with the blocked name', async () => {
    const running = test.run(walled, `cd /tmp/other && ${refused('refused.example.com')}`);
    const decision = await decided('refused.example.com', ({ program }) => program !== undefined);
    expect(decision).toMatchObject({ program: 'client', verdict: 'blocked' });
    expect(decision).not.toHaveProperty('worktree');
    expect(test.wall.blocked(walled.workspaceId)).toContainEqual(expect.objectContaining({ host: 'refused.example.com', program: 'client' }));
    await running;
  });

  it('names the script that a program runs, and nothing that may be a secret', async () => {
    const script = `import urllib.request, time; r = urllib.request.urlopen('http://${slow}/slow'); time.sleep(6)`;
    await test.run(walled, `cat > /tmp/anvil/fetch.py <<'E'\n${script}\nE`);
    const running = test.run(walled, 'cd /tmp/anvil && python3 /tmp/anvil/fetch.py install --token=hidden user@host');
    const decision = await decided(slow, ({ program }) => program?.startsWith('python3') === true);
    expect(decision.program).toBe('python3 fetch.py install');
    await running;
  });

  it('runs one program for it, which goes with the container', async () => {
    expect(await test.run(walled, 'pgrep -fc "proc/net/[t]cp"')).toBe('1');
  });

  it('is not waited for when the container stops the program that tells: all is recorded as ever', async () => {
    await test.run(walled, 'pkill -STOP -f "proc/net/[t]cp"; true');
    await test.run(walled, 'for n in $(seq 30); do curl -s -o /dev/null http://quiet$n.example.com/; done');
    const last = await decided('quiet30.example.com', () => true);
    expect(last).not.toHaveProperty('program');
    expect(test.wall.decisions({ workspaceId: walled.workspaceId, limit: 30, search: 'quiet' })).toHaveLength(30);
  });

  it('is asked again once the container is another', async () => {
    await test.engine.stopContainer(walled.agent, 0);
    await test.engine.startContainer(walled.agent);
    await wait(200);
    await test.run(walled, 'mkdir -p /tmp/anvil');
    const running = test.run(walled, `cd /tmp/anvil && ${refused('after.example.com')}`);
    expect(await decided('after.example.com', ({ program }) => program !== undefined)).toMatchObject({ program: 'client', worktree: 'main' });
    await running;
  });
});
