import { createInterface } from 'node:readline';
import type { House } from './house.ts';
import { openHouse } from './house.ts';
import { type Bench, pair, type Row, time } from './measure.ts';
import { createRawDocker, type RawDocker } from './raw-docker.ts';
import { bulkBytes, startUpstream, tcpUpstream, upstreamName } from './upstream.ts';

/** How soon a rule holds, and what the gateway costs those it lets through. */
export const bench: Bench = async () => {
  const house = await openHouse();
  try {
    const { direct } = await startUpstream(house);
    const raw = createRawDocker();
    return [
      ...(await ruleToEffect(house, raw)),
      await removalToEnd(house, raw),
      await manyRules(house, raw),
      ...(await latency(house, direct)),
      ...(await throughput(house, direct)),
    ];
  } finally {
    await house.cleanUp();
  }
};

/** Asks without end, and prints the status whenever it is another one. */
const askForever = String.raw`
import http.client, time
last = None
while True:
    c = http.client.HTTPConnection('bench.example.com', 80, timeout=10)
    c.request('GET', '/')
    status = c.getresponse().status
    c.close()
    if status != last: print(status, flush=True)
    last = status
    time.sleep(0.002)
`;

const rule = { pattern: upstreamName, allowPrivate: true } as const;

/** From the call until the container has seen its effect: the first request that succeeds, or the first that is refused again. */
async function ruleToEffect({ client, test, agent, workspace }: House, raw: RawDocker): Promise<readonly Row[]> {
  const { workspaceId } = workspace;
  const session = await test.engine.openExec(agent, ['python3', '-u', '-c', askForever]);
  const waiting = new Map<string, () => void>();
  createInterface({ input: session.stream }).on('line', (line) => waiting.get(line)?.());
  const seen = (status: string): Promise<void> => new Promise((resolve) => waiting.set(status, resolve));
  const removals: number[] = [];
  const answers: number[] = [];
  try {
    await seen('403');
    const adds = await pair(
      30,
      async () => {
        const allowed = seen('200');
        const milliseconds = await time(async () => {
          answers.push(await time(() => client.call('domains.add', { workspaceId, ...rule })));
          await allowed;
        });
        const refused = seen('403');
        removals.push(
          await time(async () => {
            await client.call('domains.remove', { workspaceId, pattern: rule.pattern });
            await refused;
          }),
        );
        return milliseconds;
      },
      () => time(() => raw.execTrue(agent)),
    );
    const baseline = 'one exec of `true`';
    return [
      { what: 'domain added → first request through', ...adds, unit: 'ms', baseline },
      { what: '  of that, until the call answers', ours: answers, raw: adds.raw, unit: 'ms', baseline },
      { what: 'domain removed → first request refused', ours: removals, raw: adds.raw, unit: 'ms', baseline },
    ];
  } finally {
    await session.close();
  }
}

/** From the call until the open download of that domain has ended. */
async function removalToEnd({ client, test, agent, workspace }: House, raw: RawDocker): Promise<Row> {
  const { workspaceId } = workspace;
  const ends = await pair(
    10,
    async () => {
      await client.call('domains.add', { workspaceId, ...rule });
      const session = await test.engine.openExec(agent, ['curl', '-sk', '--no-buffer', `https://${upstreamName}/slow`]);
      await new Promise((resolve) => session.stream.once('data', resolve));
      const ended = new Promise((resolve) => session.stream.resume().once('end', resolve));
      const milliseconds = await time(async () => {
        await client.call('domains.remove', { workspaceId, pattern: rule.pattern });
        await ended;
      });
      await session.close();
      return milliseconds;
    },
    () => time(() => raw.execTrue(agent)),
  );
  return { what: 'domain removed → its open download ended', ...ends, unit: 'ms', baseline: 'one exec of `true`' };
}

async function manyRules({ client, agent, workspace }: House, raw: RawDocker): Promise<Row> {
  const { workspaceId } = workspace;
  const patterns = Array.from({ length: 100 }, (_, index) => `name-${index}.example.org`);
  const changes = await pair(
    5,
    () =>
      time(async () => {
        await Promise.all(patterns.map((pattern) => client.call('domains.add', { workspaceId, pattern })));
        await Promise.all(patterns.map((pattern) => client.call('domains.remove', { workspaceId, pattern })));
      }),
    () => time(() => raw.execTrue(agent)),
  );
  return { what: '200 rule changes (100 added, then removed)', ...changes, unit: 'ms', baseline: 'one exec of `true`' };
}

/**
 * Milliseconds of 100 requests, each on a connection of its own, name look-up included; or all on one connection. With a pause before
 * each: what the one before left to do for log and core is done by then, as it is where there are more than two processors.
 */
const timeRequests = String.raw`
import http.client, json, ssl, sys, time
scheme, place, keep = sys.argv[1], sys.argv[2], sys.argv[3] == 'keep'
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
def connect(): return http.client.HTTPSConnection(place, context=context) if scheme == 'https' else http.client.HTTPConnection(place)
c, took = connect(), []
for n in range(101):
    time.sleep(0.02)
    start = time.perf_counter()
    if not keep: c = connect()
    c.request('GET', '/')
    r = c.getresponse()
    body = r.read()
    took.append((time.perf_counter() - start) * 1000)
    if r.status != 200 or body != b'ok': sys.exit('%d %s' % (r.status, body))
    if not keep: c.close()
print(json.dumps(took[1:]))
`;

/** How it goes out, in words, and where that leads. */
const ways = [
  { way: 'HTTP', scheme: 'http', place: upstreamName },
  { way: 'TLS', scheme: 'https', place: upstreamName },
  { way: 'TCP by name', scheme: 'http', place: `${tcpUpstream.name}:${tcpUpstream.port}` },
] as const;

async function latency({ client, test, agent, workspace }: House, direct: string): Promise<readonly Row[]> {
  const { workspaceId } = workspace;
  await client.call('domains.add', { workspaceId, ...rule });
  await client.call('domains.add', { workspaceId, pattern: tcpUpstream.name, ports: [tcpUpstream.port], allowPrivate: true });
  const rows: Row[] = [];
  for (const { way, scheme, place, keep } of ways.flatMap((one) => (['new', 'keep'] as const).map((keep) => ({ ...one, keep })))) {
    const what = `${way}: a request, ${keep === 'new' ? 'new' : 'open'} connection`;
    const samples = async (container: string): Promise<number[]> => {
      const { exitCode, stdout, stderr } = await test.engine.exec(container, ['python3', '-c', timeRequests, scheme, place, keep], { timeoutMs: 120_000 });
      if (exitCode !== 0) throw new Error(`${what}: ${stderr}`);
      return JSON.parse(stdout) as number[];
    };
    const ours: number[] = [];
    const raw: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      ours.push(...(await samples(agent)));
      raw.push(...(await samples(direct)));
    }
    rows.push({ what, ours, raw, unit: 'ms', baseline: 'container to container' });
  }
  return rows;
}

async function throughput({ test, agent }: House, direct: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { way, scheme, place } of ways)
    for (const connections of [1, 50]) {
      const rate = async (container: string): Promise<number> => {
        const url = `${scheme}://${place}/bulk?[1-${connections}]`;
        const argv = ['curl', '-sk', '--fail', '-Z', '--parallel-immediate', '--parallel-max', '50', '-o', '/dev/null', url];
        const milliseconds = await time(async () => {
          const { exitCode, stderr } = await test.engine.exec(container, argv, { timeoutMs: 120_000 });
          if (exitCode !== 0) throw new Error(`curl ended with ${exitCode}: ${stderr}`);
        });
        return (connections * bulkBytes) / 1e6 / (milliseconds / 1_000);
      };
      const rates = await pair(
        connections === 1 ? 7 : 3,
        () => rate(agent),
        () => rate(direct),
      );
      const what = `${way}: a download, ${connections === 1 ? 'one connection' : `${connections} connections`}`;
      rows.push({ what, ...rates, unit: 'MB/s', baseline: 'container to container' });
    }
  return rows;
}
