import { expect, test } from 'vitest';
import { type Route, formatRoute, parseRoute } from './route.ts';

const routes: Route[] = [
  { page: 'projects', sheet: null },
  { page: 'projects', sheet: { kind: 'add' } },
  { page: 'projects', sheet: { kind: 'create', projectId: '0123456789ab' } },
  { page: 'projects', sheet: { kind: 'progress', workspaceId: '01234567' } },
  { page: 'terminals', workspaceId: '01234567', panes: [] },
  { page: 'terminals', workspaceId: '01234567', panes: ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'] },
  { page: 'domains', workspaceId: '01234567' },
  { page: 'learning', workspaceId: '01234567' },
  { page: 'all-domains' },
];

test.each(routes.map((route) => [formatRoute(route), route] as const))('%s leads back to where it was made', (hash, route) => {
  expect(parseRoute(hash)).toEqual(route);
});

test.each(['', '#', '#/', '#/nowhere', '#/w/not-an-id/terminals', '#/projects/new/../../x'])('%j leads home', (hash) => {
  expect(parseRoute(hash)).toEqual({ page: 'projects', sheet: null });
});

test('more than two panes, repeated ones, and what is no id are left out', () => {
  expect(parseRoute('#/w/01234567/terminals/aaaaaaaaaaaa+aaaaaaaaaaaa+x+bbbbbbbbbbbb+cccccccccccc')).toMatchObject({ panes: ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'] });
});
