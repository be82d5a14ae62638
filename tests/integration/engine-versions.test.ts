import { afterEach, describe, expect, it } from 'vitest';
import { probeEngine } from '../../electron/engine/handshake.ts';
import { newestApi, oldestApi } from '../../electron/engine/version.ts';
import { createTestEngine, startIdle, testEndpoint } from '../fixtures/engine.ts';
import { type OtherVersion, pretendVersion, type Versions } from '../fixtures/other-version.ts';

const opened: OtherVersion[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

async function pretend(versions: Versions): Promise<OtherVersion> {
  const other = await pretendVersion(testEndpoint(), versions);
  opened.push(other);
  return other;
}

describe('an engine of another version', () => {
  it.each([
    ['older than we know best', { version: '20.10.24', api: oldestApi, least: '1.12' }, oldestApi],
    ['that has left the old versions behind', { version: '29.0.0', api: '1.52', least: '1.44' }, '1.52'],
    ['newer than we know', { version: '33.0.0', api: '1.70', least: '1.50' }, newestApi],
  ] as const)('%s is spoken to in the newest version that both know, throughout', async (_, versions, api) => {
    const other = await pretend(versions);
    const { engine, cleanUp } = createTestEngine(other.endpoint);
    const events: { action: string; name: string; belonging: unknown }[] = [];
    engine.onEvent(({ action, name, belonging }) => events.push({ action, name, belonging }));
    try {
      const id = await startIdle(engine, { workspaceId: '0123abcd' });
      expect(engine.state()).toMatchObject({ kind: 'connected', version: versions.version, apiVersion: api });
      expect(await engine.exec(id, ['wc', '-c'], { stdin: 'twelve bytes' })).toMatchObject({ exitCode: 0, stdout: '12\n' });
      await engine.ensureVolume(`forge-test-${id.slice(0, 12)}`, { workspaceId: '0123abcd' });
      await engine.stopContainer(id, 1);
      await expect.poll(() => events.map(({ action }) => action)).toEqual(expect.arrayContaining(['create', 'start', 'die']));
      expect(events.every(({ belonging }) => (belonging as { workspaceId?: string }).workspaceId === '0123abcd')).toBe(true);
      expect([...other.spoken]).toEqual([api]);
    } finally {
      await cleanUp();
    }
  });

  it('that knows none of our versions says what to update', async () => {
    const old = await pretend({ version: '19.03.15', api: '1.40', least: '1.12' });
    const far = await pretend({ version: '40.0.0', api: '1.99', least: '1.80' });
    expect(await probeEngine(old.endpoint, AbortSignal.timeout(10_000))).toMatchObject({
      kind: 'fails',
      reason: 'This engine (Docker 19.03.15) is too old. Forgehold needs Docker 20.10 or newer.',
    });
    expect(await probeEngine(far.endpoint, AbortSignal.timeout(10_000))).toMatchObject({
      kind: 'fails',
      reason: 'This engine (Docker 40.0.0) no longer understands this version of Forgehold. Update Forgehold.',
    });
  });
});
