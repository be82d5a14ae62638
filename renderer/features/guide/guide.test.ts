import { expect, test } from 'vitest';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import { guideSteps } from './guide.ts';

const time = '2026-01-01T00:00:00Z';
const engine = { kind: 'connected', endpoint: 'unix:///x', version: '29.1', apiVersion: '1.52', os: 'linux', rootless: false } as const;
const agents = [{ agent: 'codex', title: 'Codex', installed: true, keyName: 'OPENAI_API_KEY', keyPresent: false, domains: [] }];
const nothing: Pick<Snapshot, 'engine' | 'preparation' | 'projects' | 'workspaces' | 'agents'> = {
  engine,
  preparation: [],
  projects: [],
  workspaces: [],
  agents,
};

function states(known: typeof nothing): Record<string, string> {
  return Object.fromEntries(guideSteps(known).map((step) => [step.id, step.state]));
}

test('on a fresh start a project is what to do now', () => {
  expect(states(nothing)).toEqual({ engine: 'done', images: 'done', project: 'now', key: 'later', workspace: 'later' });
});

test('an engine that does not answer is told with its reason and the way to the doctor', () => {
  const [step] = guideSteps({ ...nothing, engine: { kind: 'unreachable', endpoint: 'unix:///x', since: time, reason: 'Start Docker.' } });
  expect(step).toMatchObject({ state: 'bad', go: { route: { page: 'settings', section: 'doctor' } } });
  expect(step!.say).toMatch(/^Start Docker\./);
});

test('images that are being made are no reason to wait; a failed one says why', () => {
  const step = { id: 'agent', label: 'Build the agent image', state: 'running' as const };
  expect(guideSteps({ ...nothing, preparation: [step] })[1]).toMatchObject({ state: 'now', title: 'Build the agent image' });
  expect(guideSteps({ ...nothing, preparation: [{ ...step, state: 'failed', detail: 'No space left.' }] })[1]).toMatchObject({
    state: 'bad',
    say: 'No space left.',
  });
});

test('with a project its first workspace is what to do now, and a key is never in the way', () => {
  const project = { projectId: '0123456789ab', present: true, name: 'orchard' } as Snapshot['projects'][number];
  expect(states({ ...nothing, projects: [project] })).toMatchObject({ project: 'done', key: 'later', workspace: 'now' });
  expect(states({ ...nothing, agents: [{ ...agents[0]!, keyPresent: true }] })).toMatchObject({ key: 'done' });
});
