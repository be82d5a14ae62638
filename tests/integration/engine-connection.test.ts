import { afterEach, describe, expect, it } from 'vitest';
import { createEngine } from '../../electron/engine/engine.ts';
import type { Engine, EngineEvent } from '../../electron/engine/types.ts';
import type { EngineState } from '../../shared/model/engine.ts';
import { canRunDockerd, makePrivateDockerd } from '../fixtures/dockerd.ts';
import { createTestEngine, idleSpec, randomId, testEndpoint } from '../fixtures/engine.ts';
import { makeRelay } from '../fixtures/relay.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

function record(engine: Engine): { readonly states: EngineState[]; readonly events: EngineEvent[] } {
  const states: EngineState[] = [];
  const events: EngineEvent[] = [];
  cleanUps.push(
    engine.onState((state) => states.push(state)),
    engine.onEvent((event) => events.push(event)),
  );
  return { states, events };
}

async function until(engine: Engine, kind: EngineState['kind']): Promise<void> {
  await expect.poll(() => engine.state().kind, { timeout: 60_000, interval: 20 }).toBe(kind);
}

describe('the connection', () => {
  it('knows the engine when it answers', async () => {
    const { engine, cleanUp } = createTestEngine();
    cleanUps.push(cleanUp);
    expect(engine.state().kind).toBe('connecting');
    const info = await engine.info();
    expect(info.cpus).toBeGreaterThan(0);
    expect(engine.state()).toMatchObject({
      kind: 'connected',
      apiVersion: expect.stringMatching(/^1\.\d+$/),
      version: expect.any(String),
      rootless: info.rootless,
    });
  });

  it('says what is wrong with an address, and every call says it too', async () => {
    const engine = createEngine({
      installation: randomId(),
      endpoint: { kind: 'invalid', address: 'x', origin: 'settings', reason: 'Write an absolute path.' },
    });
    cleanUps.push(() => engine.close());
    expect(engine.state()).toMatchObject({ kind: 'unreachable', reason: 'Write an absolute path.' });
    await expect(engine.listContainers()).rejects.toMatchObject({ code: 'engine/unreachable', message: 'Write an absolute path.' });
  });

  it.skipIf(!canRunDockerd)('heals: over an engine that is not there yet, crashes, and comes back', async () => {
    const dockerd = makePrivateDockerd();
    cleanUps.push(() => dockerd.remove());
    const engine = createEngine({ installation: randomId(), endpoint: dockerd.endpoint });
    cleanUps.push(() => engine.close());
    const { states, events } = record(engine);

    await until(engine, 'unreachable');
    await expect(engine.listVolumes()).rejects.toMatchObject({ code: 'engine/unreachable', message: expect.stringContaining('Docker') });
    await dockerd.start();
    await until(engine, 'connected');
    await engine.ensureVolume('forge-before', {});

    await dockerd.kill();
    await until(engine, 'unreachable');
    await dockerd.start();
    await until(engine, 'connected');
    expect(await engine.listVolumes()).toEqual([{ name: 'forge-before' }]);
    await engine.removeVolume('forge-before');
    await expect.poll(() => events.map((event) => event.action)).toContain('destroy');
    // Each return is announced, so that what happened meanwhile can be reconciled.
    expect(states.map((state) => state.kind).filter((kind, at, all) => kind !== all[at - 1])).toEqual([
      'unreachable',
      'connected',
      'connecting',
      'unreachable',
      'connected',
    ]);
  });

  it.skipIf(!canRunDockerd)('finds out that an engine hangs, and that it goes on', async () => {
    const dockerd = makePrivateDockerd();
    cleanUps.push(() => dockerd.remove());
    await dockerd.start();
    const engine = createEngine({ installation: randomId(), endpoint: dockerd.endpoint });
    cleanUps.push(() => engine.close());
    await until(engine, 'connected');
    dockerd.signal('SIGSTOP');
    cleanUps.push(() => dockerd.signal('SIGCONT'));
    await expect(engine.listVolumes()).rejects.toMatchObject({ code: 'engine/unreachable' });
    await until(engine, 'unreachable');
    dockerd.signal('SIGCONT');
    await until(engine, 'connected');
    expect(await engine.listVolumes()).toEqual([]);
  });

  it('loses and doubles no event over a cut line', async () => {
    const { engine: direct, installation, cleanUp } = createTestEngine();
    cleanUps.push(cleanUp);
    const relay = await makeRelay(testEndpoint());
    cleanUps.push(() => relay.close());
    const engine = createEngine({ installation, endpoint: relay.endpoint });
    cleanUps.push(() => engine.close());
    const { events } = record(engine);
    await until(engine, 'connected');
    const spec = await idleSpec(direct);
    const name = (at: number): string => `${spec.name}-${at}`;
    for (let at = 0; at < 12; at++) {
      if (at % 3 === 1) {
        relay.cut();
        await until(engine, 'unreachable');
      }
      await direct.createContainer({ ...spec, name: name(at) });
      if (at % 3 === 2) {
        relay.mend();
        await until(engine, 'connected');
      }
    }
    const created = (): string[] => events.filter((event) => event.action === 'create').map((event) => event.name);
    await expect.poll(created).toContain(name(11));
    expect(created()).toEqual(Array.from({ length: 12 }, (_, at) => name(at)));
  });

  it('ends requests and streams when it is closed', async () => {
    const { engine, cleanUp } = createTestEngine();
    const { installation } = engine;
    const id = await engine.createContainer(await idleSpec(engine));
    await engine.startContainer(id);
    const second = createEngine({ installation, endpoint: testEndpoint() });
    cleanUps.push(cleanUp);
    const session = await second.openExec(id, ['cat']);
    const waiting = second.waitContainer(id);
    second.close();
    await expect(waiting).rejects.toMatchObject({ code: 'engine/unreachable' });
    expect(await session.exited).toBeNull();
    await expect(second.listContainers()).rejects.toMatchObject({ code: 'engine/unreachable' });
  });
});
