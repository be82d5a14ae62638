import { expect, test } from 'vitest';
import { makeRule } from '../../../tests/support/sample-domains.ts';
import { blankDraft, draftOf, parsePorts, readDraft } from './rule-draft.ts';

const now = Date.parse('2026-01-01T12:00:00Z');
const project = '1'.repeat(12);
const blank = blankDraft('project', project);

function read(parts: Partial<typeof blank>, workspaceId: string | null = '11111111') {
  return readDraft({ ...blank, pattern: 'api.example.com', ...parts }, workspaceId, undefined, now);
}

test('ports are read as people type them, each once and in order', () => {
  expect(parsePorts('')).toEqual([]);
  expect(parsePorts(' 8443,443  22, 443')).toEqual([22, 443, 8443]);
  for (const wrong of ['https', '0', '65536', '1-3', '-1', '4.5']) expect([wrong, parsePorts(wrong)]).toEqual([wrong, null]);
});

test('a draft becomes what the core takes, without what was left empty', () => {
  expect(read({})).toEqual({
    input: { workspaceId: '11111111', pattern: 'api.example.com', verdict: 'allow', scope: 'project', ports: [], allowPrivate: false, quiet: false },
  });
  expect(read({ path: '/v1', methods: ['GET'], minutes: '60', note: ' why ' })).toMatchObject({
    input: { http: { methods: ['GET'], pathPrefix: '/v1' }, minutes: 60, note: 'why' },
  });
  expect(read({ methods: ['GET'] })).toMatchObject({ input: { http: { methods: ['GET'], pathPrefix: '/' } } });
});

test('the owner follows from the scope, on the page of a workspace and on that of all projects', () => {
  expect(read({ scope: 'global' })).not.toHaveProperty('input.workspaceId');
  expect(read({ scope: 'project' }, null)).toMatchObject({ input: { projectId: project } });
  expect(read({ scope: 'global' }, null)).not.toHaveProperty('input.projectId');
});

test('private addresses belong to what is let out, silence to what is denied', () => {
  expect(read({ verdict: 'deny', allowPrivate: true, quiet: true })).toMatchObject({ input: { allowPrivate: false, quiet: true } });
  expect(read({ verdict: 'allow', allowPrivate: true, quiet: true })).toMatchObject({ input: { allowPrivate: true, quiet: false } });
});

test('what cannot be is said at its field', () => {
  expect(read({ pattern: ' ' })).toMatchObject({ field: 'pattern' });
  expect(read({ ports: 'ssh' })).toMatchObject({ field: 'ports' });
  expect(read({ path: 'v1' })).toMatchObject({ field: 'path' });
});

test('a rule that is changed keeps what is left of its time', () => {
  const rule = makeRule('a.example', { ports: [22], expiresAt: '2026-01-01T12:08:00Z', note: 'n' });
  const draft = draftOf(rule, project);
  expect(draft).toMatchObject({ pattern: 'a.example', ports: '22', minutes: 'left', note: 'n' });
  expect(readDraft(draft, null, rule.expiresAt, now)).toMatchObject({ input: { minutes: 8 } });
  expect(readDraft({ ...draft, minutes: '' }, null, rule.expiresAt, now)).not.toHaveProperty('input.minutes');
});
