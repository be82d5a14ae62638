import { expect, test } from 'vitest';
import type { Telling } from '../../../shared/words.ts';
import { orderProjects, sortRows } from './order.ts';
import type { Row } from './rows.ts';

type Facts = { readonly used?: number; readonly running?: boolean; readonly attention?: boolean; readonly key?: string };

function row(name: string, { used = 0, running = false, attention = false, key = name }: Facts = {}): Row {
  const project = { projectId: name, name, usedAt: new Date(used * 60_000).toISOString() } as Row['project'];
  const workspace = running ? ({ state: { kind: 'running' } } as Row['workspace']) : null;
  return { key, title: name, project, workspace, terminals: [], blocked: [], telling: { attention } as Telling };
}

const rows = [row('pear', { used: 1 }), row('Apple', { used: 3, running: true }), row('plum-10', { used: 2, attention: true }), row('plum-9')];

test('projects are sorted by last use, name, state, or as they were added', () => {
  expect(orderProjects(rows, 'used', [])).toEqual(['Apple', 'plum-10', 'pear', 'plum-9']);
  expect(orderProjects(rows, 'name', [])).toEqual(['Apple', 'pear', 'plum-9', 'plum-10']);
  expect(orderProjects(rows, 'state', [])).toEqual(['plum-10', 'Apple', 'pear', 'plum-9']);
  expect(orderProjects(rows, 'added', [])).toEqual(['pear', 'Apple', 'plum-10', 'plum-9']);
});

test('what happens to a project does not move it; a new one takes its place, a removed one leaves it', () => {
  const order = orderProjects(rows, 'state', []);
  const later = [row('pear', { attention: true }), row('plum-10'), row('plum-9'), row('fig'), row('quince', { attention: true })];
  expect(orderProjects(later, 'state', order)).toEqual(['quince', 'fig', 'plum-10', 'pear', 'plum-9']);
  expect(orderProjects([...rows, row('fig')], 'added', ['plum-9', 'pear', 'Apple', 'plum-10'])).toEqual(['plum-9', 'pear', 'Apple', 'plum-10', 'fig']);
});

test('the workspaces of a project stay together', () => {
  const two = [row('pear', { key: 'one' }), row('pear', { key: 'two' }), row('apple')];
  expect(sortRows(two, orderProjects(two, 'name', [])).map((item) => item.key)).toEqual(['apple', 'one', 'two']);
});
