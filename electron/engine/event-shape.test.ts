import { describe, expect, it } from 'vitest';
import { readEvent, withBelonging } from './event-shape.ts';

const attributes = {
  name: 'forge-agent-p-w',
  image: 'i',
  'dev.forgehold.project': 'p',
  'dev.forgehold.workspace': 'w',
  'dev.forgehold.role': 'agent',
  exitCode: '137',
};
const actor = { ID: 'c1', Attributes: attributes };

describe('readEvent', () => {
  it('reads the same from an engine with and without the fields that API 1.52 dropped', () => {
    const old = readEvent(JSON.stringify({ status: 'die', id: 'c1', from: 'i', Type: 'container', Action: 'die', Actor: actor, time: 1, timeNano: 5 }));
    const now = readEvent(JSON.stringify({ Type: 'container', Action: 'die', Actor: actor, time: 1, timeNano: 5 }));
    expect(old).toEqual(now);
    expect(withBelonging(now!)).toEqual({
      type: 'container',
      action: 'die',
      id: 'c1',
      name: 'forge-agent-p-w',
      attributes,
      belonging: { projectId: 'p', workspaceId: 'w', role: 'agent' },
      timeNano: 5n,
    });
  });

  it('keeps every nanosecond, which a number cannot', () => {
    expect(readEvent('{"Type":"container","Action":"start","Actor":{"ID":"c"},"timeNano":1763701234567890123}')?.timeNano).toBe(1763701234567890123n);
  });

  it.each(['exec_create: sh -c true', 'exec_start: sh', 'exec_die', 'health_status: healthy', 'top'])('drops %s', (action) => {
    expect(readEvent(JSON.stringify({ Type: 'container', Action: action, Actor: actor }))).toBeNull();
  });

  it('drops types that we make nothing of', () => {
    expect(readEvent('{"Type":"image","Action":"pull","Actor":{"ID":"i"}}')).toBeNull();
  });

  it('names a volume by its id and a network by its name', () => {
    expect(readEvent('{"Type":"volume","Action":"create","Actor":{"ID":"vol","Attributes":{"driver":"local"}}}')?.name).toBe('vol');
    expect(readEvent('{"Type":"network","Action":"connect","Actor":{"ID":"n1","Attributes":{"name":"net","container":"c1"}}}')).toMatchObject({
      id: 'n1',
      name: 'net',
    });
  });
});
