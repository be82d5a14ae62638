import { expect, test } from 'vitest';
import { makeSnapshot } from '../../tests/support/sample-state.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type Sequenced, applyChange, createProjection } from './projection.ts';

const empty = makeSnapshot({ engine: { kind: 'connecting', endpoint: 'unix:///var/run/docker.sock' } });

function project(seq: number, name: string | null, id = 'aaaaaaaaaaaa'): Sequenced {
  const time = '2026-01-01T00:00:00Z';
  const value =
    name === null
      ? null
      : {
          projectId: id,
          kind: 'folder' as const,
          engine: 'default',
          preset: {},
          path: `/home/me/${name}`,
          name,
          git: true,
          present: true,
          createdAt: time,
          usedAt: time,
        };
  return { seq, change: { kind: 'project', id, value } };
}

/** A core whose snapshots are answered when the test says so. */
function world() {
  const published: Snapshot[] = [];
  const errors: unknown[] = [];
  const asked: PromiseWithResolvers<Snapshot>[] = [];
  const projection = createProjection({
    fetch() {
      const answer = Promise.withResolvers<Snapshot>();
      asked.push(answer);
      return answer.promise;
    },
    publish: (snapshot) => published.push(snapshot),
    onError: (error) => errors.push(error),
  });
  return { projection, published, errors, asked, names: () => published.at(-1)?.projects.map((item) => item.name) };
}

test('changes that arrive before the snapshot are applied after it, and those it contains are dropped', async () => {
  const { projection, asked, names, published } = world();
  const done = projection.refresh();
  projection.receive(project(4, 'old'));
  projection.receive(project(5, 'contained'));
  projection.receive(project(6, 'new'));
  asked[0]!.resolve({ ...empty, seq: 5 });
  await done;
  expect(names()).toEqual(['new']);
  expect(published.at(-1)?.seq).toBe(6);
});

test('a missing change leads to a new snapshot, and what came after it is kept', async () => {
  const { projection, asked, names } = world();
  const done = projection.refresh();
  asked[0]!.resolve(empty);
  await done;
  projection.receive(project(1, 'one'));
  projection.receive(project(3, 'three', 'cccccccccccc'));
  expect(asked).toHaveLength(2);
  asked[1]!.resolve(applyChange({ ...empty, seq: 1 }, project(2, 'two')));
  await Promise.resolve();
  await Promise.resolve();
  expect(names()).toEqual(['two', 'three']);
});

test('after a reconnect to a core that counts anew its snapshot is believed', async () => {
  const { projection, asked, names, published } = world();
  const first = projection.refresh();
  asked[0]!.resolve({ ...empty, seq: 900 });
  await first;
  const second = projection.refresh();
  projection.receive(project(1, 'fresh'));
  asked[1]!.resolve(empty);
  await second;
  expect(names()).toEqual(['fresh']);
  expect(published.at(-1)?.seq).toBe(1);
});

test('an answer to an older question is ignored', async () => {
  const { projection, asked, published } = world();
  const first = projection.refresh();
  const second = projection.refresh();
  asked[1]!.resolve({ ...empty, seq: 7 });
  await second;
  asked[0]!.resolve({ ...empty, seq: 3 });
  await first;
  expect(published.map((snapshot) => snapshot.seq)).toEqual([7]);
});

test('a snapshot that cannot be had after a gap is told', async () => {
  const { projection, asked, errors } = world();
  const done = projection.refresh();
  asked[0]!.resolve(empty);
  await done;
  projection.receive(project(2, 'late'));
  asked[1]!.reject(new Error('gone'));
  await new Promise((resolve) => setTimeout(resolve));
  expect(errors).toHaveLength(1);
});

test('a changed entity keeps its place, a new one comes last, a removed one goes', () => {
  const two = applyChange(applyChange(empty, project(1, 'a')), project(2, 'b', 'bbbbbbbbbbbb'));
  expect(applyChange(two, project(3, 'A')).projects.map((item) => item.name)).toEqual(['A', 'b']);
  expect(applyChange(two, project(3, null)).projects.map((item) => item.name)).toEqual(['b']);
  const blocked = applyChange(two, { seq: 3, change: { kind: 'blocked', id: '11111111', value: { hosts: [], total: 0 } } });
  expect(blocked.blocked).toEqual([]);
});
