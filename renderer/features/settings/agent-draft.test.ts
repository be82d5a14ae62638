import { expect, test } from 'vitest';
import { agentDefinitionSchema } from '../../../shared/model/agent-definition.ts';
import { readDraft, toDraft } from './agent-draft.ts';

const aider = agentDefinitionSchema.parse({
  agent: 'aider',
  title: 'Aider',
  program: { kind: 'image', executable: 'aider' },
  arguments: { always: ['--no-auto-commits'], resume: ['--restore-chat-history'], model: ['--model', '{model}'] },
  keyNames: ['OPENAI_API_KEY'],
  domains: ['api.openai.com'],
  environment: { AIDER_DARK_MODE: 'a=b' },
  userFiles: { folder: '.aider', names: ['conventions.md'] },
});

test('what is written down comes back as it was', () => {
  expect(readDraft(toDraft(aider))).toEqual({ ok: true, data: aider });
  const npm = agentDefinitionSchema.parse({
    agent: 'opencode',
    title: 'OpenCode',
    program: { kind: 'npm', package: '@scope/opencode', version: '1.2.3', executable: 'bin/opencode' },
    arguments: {},
  });
  expect(readDraft(toDraft(npm))).toEqual({ ok: true, data: npm });
});

test('each field that does not fit is named, with the sentence of the schema', () => {
  const result = readDraft({ ...toDraft(null), agent: 'My Agent', title: '', package: 'no spaces here', version: '^1', environment: 'A=1' });
  expect(result.ok).toBe(false);
  const problems = result.ok ? new Map() : result.problems;
  expect(problems.get('agent')).toMatch(/lower-case letters/);
  expect(problems.get('program.package')).toMatch(/npm package/);
  expect(problems.get('program.version')).toMatch(/exact version/);
  expect(problems.has('title')).toBe(true);
});

test('a line of the environment without a name is refused, not guessed at', () => {
  for (const environment of ['just words', '=value'])
    expect(readDraft({ ...toDraft(aider), environment })).toMatchObject({
      ok: false,
      problems: new Map([['environment', 'Give each variable a line: NAME=value.']]),
    });
});
