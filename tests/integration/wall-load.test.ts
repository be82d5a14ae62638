import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startUpstream } from '../fixtures/upstream.ts';
import { createTestWall, type TestWall, type Walled } from '../fixtures/wall.ts';

let test: TestWall;
let one: Walled;
const rule = { allowPrivate: true, addedBy: 'user' } as const;
const steady = 'steady.example.com';
const doomed = 'doomed.example.com';
const changing = 'changing.example.com';

beforeAll(async () => {
  test = await createTestWall();
  one = await test.build();
  await startUpstream(test.engine, test.agentImage, [steady, doomed, changing]);
});
afterAll(() => test?.cleanUp());

/** Opens streams, 50 of one name and 5 of another, and tells of each how it ended and whether every line came, in its order. */
const streams = String.raw`
import http.client, json, threading, time
def read(name, seen):
    c = http.client.HTTPConnection(name, 80, timeout=20)
    c.request('GET', '/slow')
    r = c.getresponse()
    got = b''
    try:
        while not stopped.is_set():
            part = r.read(10)
            if not part: break
            got += part
            started.release()
            if len(part) < 10: break
    except Exception: pass
    whole = len(got) // 10
    right = got[:whole * 10] == b''.join(b'%08d\n\n' % n for n in range(whole))
    seen.append([stopped.is_set(), right, whole])
stopped, started, steady, doomed = threading.Event(), threading.Semaphore(0), [], []
threads = [threading.Thread(target=read, args=('steady.example.com', steady)) for _ in range(50)]
threads += [threading.Thread(target=read, args=('doomed.example.com', doomed)) for _ in range(5)]
for t in threads: t.start()
for _ in threads: started.acquire()
print('streaming', flush=True)
input()
stopped.set()
for t in threads: t.join()
print(json.dumps([steady, doomed]), flush=True)
`;
type End = readonly [endedByUs: boolean, everyLine: boolean, lines: number];

it('two hundred changes of rules each hold for the very next connection, and none of fifty streams loses a line; a removal ends its own', async () => {
  for (const name of [steady, doomed]) await test.wall.addRule(one.workspaceId, name, rule);
  const session = await test.engine.openExec(one.agent, ['python3', '-u', '-c', streams]);
  let output = '';
  session.stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await expect.poll(() => output, { timeout: 30_000 }).toContain('streaming');
  const status = (): Promise<string> => test.run(one, `curl -s -m 15 -o /dev/null -w '%{http_code}' http://${changing}/`);
  const seen: string[] = [];
  for (let round = 0; round < 100; round += 1) {
    await test.wall.addRule(one.workspaceId, changing, rule);
    seen.push(await status());
    if (round === 50) await test.wall.removeRule(one.workspaceId, doomed);
    await test.wall.removeRule(one.workspaceId, changing);
    seen.push(await status());
    // The streams end by themselves after a minute: what counts is that they run while rules change.
    if (round % 10 === 9 && output.includes('[')) break;
  }
  expect(seen.filter((_, index) => index % 2 === 0).every((one) => one === '200')).toBe(true);
  expect(seen.filter((_, index) => index % 2 === 1).every((one) => one === '403')).toBe(true);
  session.stream.write('\n');
  await expect.poll(() => output, { timeout: 30_000 }).toContain(']]');
  const [kept, ended] = JSON.parse(output.slice(output.indexOf('['))) as readonly [readonly End[], readonly End[]];
  expect([kept.length, ended.length]).toEqual([50, 5]);
  expect(kept.filter(([, right]) => !right)).toEqual([]);
  expect(ended.filter(([byUs]) => byUs)).toEqual([]);
});

it('a thousand blocked names make one list that is bounded, few announcements, and hold nobody up', async () => {
  let announced = 0;
  const stop = test.wall.onBlocked(() => (announced += 1));
  const flood = `seq 1000 | xargs -P 8 -I{} curl -s -m 20 -o /dev/null -w '%{http_code} %{exitcode}\\n' http://n{}.flood.example/`;
  let isDone = false;
  const flooding = test.run(one, flood, 110_000).finally(() => (isDone = true));
  const waits: number[] = [];
  while (!isDone) {
    const before = performance.now();
    test.wall.rules(one.workspaceId);
    test.wall.decisions({ workspaceId: one.workspaceId, limit: 200 });
    test.wall.blocked(one.workspaceId);
    await wait(20);
    waits.push(performance.now() - before - 20);
  }
  const answers = (await flooding).split('\n');
  expect(answers.filter((one) => one !== '403 0')).toEqual([]);
  expect(answers).toHaveLength(1000);
  const listed = (): number => test.wall.blocked(one.workspaceId).filter(({ host }) => host.endsWith('.flood.example')).length;
  await expect.poll(listed, { timeout: 30_000 }).toBe(1000);
  // At most one a fifth of a second, however many names there are.
  await wait(400);
  stop();
  expect(announced).toBeLessThan(1000 / 4);
  // Half of the answers came while nothing else of ours ran: the core was not busy with names.
  expect(waits.toSorted((a, b) => a - b)[Math.floor(waits.length / 2)]!).toBeLessThan(1000);
});
