import { describe, expect, it, test } from 'vitest';
import { type AgentDefinitionData, agentDefinitionSchema } from '../../shared/model/agent-definition.ts';
import { checkDefinition, fillIn, pinOf, toDefinition } from './added-agent.ts';

const plain = {
  agent: 'mine',
  title: 'Mine',
  program: { kind: 'npm', package: 'mine', version: '1.2.3', executable: 'bin/mine.js' },
  arguments: { always: ['--plain'], resume: ['--resume'], fork: ['--fork', '{session}'], skipPermissions: ['--yes'], model: ['--model={model}'] },
};
const inImage = (executable: string) => ({ ...plain, program: { kind: 'image', executable } });

function check(change: Record<string, unknown>): void {
  checkDefinition(agentDefinitionSchema.parse({ ...plain, ...change }), (pattern) => pattern);
}

describe('an agent type that the user adds', () => {
  test('may come from npm or lie in the image', () => {
    expect(() => check({})).not.toThrow();
    for (const name of ['mine', '/opt/mine/bin/mine', 'g++']) expect(() => check(inImage(name))).not.toThrow();
  });

  it.each(['claude-code', 'codex', 'shell', 'node', 'npm'])('does not take the place of %s', (agent) => {
    expect(() => check({ agent })).toThrow(expect.objectContaining({ code: 'agents/built-in' }));
  });

  it.each(['../mine.js', '/bin/mine', 'bin/../../mine', 'bin//mine', './mine', '-rf', 'a\\b', 'bin/\u202emine', ''])(
    'names no program outside its package: %j',
    (executable) => {
      expect(() => check({ program: { ...plain.program, executable } })).toThrow(expect.objectContaining({ code: 'agents/definition' }));
    },
  );

  it.each(['bin/mine', '/opt/../etc/mine', '-mine', '/opt/mine/'])('names a program of the image in one way only: %j', (executable) => {
    expect(() => check(inImage(executable))).toThrow(expect.objectContaining({ code: 'agents/definition' }));
  });

  it.each(['..', 'latest', '1', '^1.2.3', '1.2.3-'])('has one exact version, not %s', (version) => {
    expect(() => check({ program: { ...plain.program, version } })).toThrow(/exact version|invalid/i);
  });

  it('says which placeholder it does not know', () => {
    expect(() => check({ arguments: { always: ['{home}'] } })).toThrow(/\{home\}/);
    expect(() => check({ arguments: { always: ['{"json": 1}'] } })).not.toThrow();
  });

  it('holds no key of another agent type in its environment: a definition is written down', () => {
    const data = agentDefinitionSchema.parse({ ...plain, environment: { ANTHROPIC_API_KEY: 'sk-1' } });
    expect(() => checkDefinition(data, (pattern) => pattern, ['ANTHROPIC_API_KEY'])).toThrow(/ANTHROPIC_API_KEY is a key/);
  });

  it.each(['.claude', '.codex', '.Claude/x', '.cargo', 'Library/Keychains'])('shows nothing of %s, where logins lie', (folder) => {
    expect(() => check({ userFiles: { folder, names: ['.credentials.json'] } })).toThrow(/may hold keys/);
  });

  it.each(['PATH', 'LD_PRELOAD', 'HOME', 'DOCKER_HOST', 'NODE_OPTIONS'])('keeps no key in %s, and does not set it', (name) => {
    expect(() => check({ keyNames: [name] })).toThrow(expect.objectContaining({ code: 'agents/definition' }));
    expect(() => check({ environment: { [name]: 'x' } })).toThrow(expect.objectContaining({ code: 'agents/definition' }));
  });

  it('writes no key into its definition', () => {
    expect(() => check({ keyNames: ['MINE_KEY'], environment: { MINE_KEY: 'secret' } })).toThrow(/MINE_KEY is a key/);
  });

  it.each(['.ssh', '.aws/cli', '.config', '.config/gh', '..', '.mine/../.ssh', '/etc', '.SSH'])('sees nothing of %s', (folder) => {
    expect(() => check({ userFiles: { folder, names: ['rules.md'] } })).toThrow(expect.objectContaining({ code: 'agents/definition' }));
  });

  it('sees files of its own folder', () => {
    expect(() => check({ userFiles: { folder: '.config/mine', names: ['rules.md', 'prompts'] } })).not.toThrow();
    expect(() => check({ userFiles: { folder: '.mine', names: ['../.ssh'] } })).toThrow(expect.objectContaining({ code: 'agents/definition' }));
  });
});

test('an argument with a value that nobody knows is left out whole', () => {
  expect(fillIn(['--model={model}', '{session}', '-x', '{"a":1}'], { model: 'm{session}' })).toEqual(['--model=m{session}', '-x', '{"a":1}']);
});

test('a start gives both commands: to go on, and to begin', () => {
  const definition = toDefinition(agentDefinitionSchema.parse(plain) satisfies AgentDefinitionData);
  const options = { skipPermissions: true, extraArguments: ['-v'], model: 'small' };
  const tools = { path: (tool: string) => `/tools/${tool}` };
  const { argv } = definition.launch({ tools, version: '', workingDir: '/w', options, session: 'resume' });
  const program = ['/tools/node/bin/node', '/tools/mine/bin/mine.js'];
  const rest = ['--plain', '--yes', '--model=small', '-v'];
  expect(argv.slice(1)).toEqual(['own', 'resume', 'mine', '7', ...program, '--resume', ...rest, ...program, ...rest]);
});

describe('a package', () => {
  const manifest = {
    name: 'mine',
    version: '1.2.3',
    dist: { integrity: `sha512-${'A'.repeat(86)}==` },
    dependencies: {},
    os: [],
    cpu: [],
    libc: [],
  };

  it('that needs others is refused, with their names', () => {
    expect(() => pinOf({ ...manifest, dependencies: { left: '1', right: '2' }, bundleDependencies: ['left'] }, 'x', '0')).toThrow(/\(right\)/);
    expect(() => pinOf({ ...manifest, dependencies: { left: '1' }, bundleDependencies: true }, 'x', '0')).not.toThrow();
  });

  it('is for the platforms it names', () => {
    expect(Object.keys(pinOf({ ...manifest, cpu: ['arm64'] }, 'x', '0').packages)).toEqual(['linux-arm64-glibc']);
    expect(Object.keys(pinOf({ ...manifest, os: ['!win32'] }, 'x', '0').packages)).toHaveLength(2);
    expect(() => pinOf({ ...manifest, os: ['darwin'] }, 'x', '0')).toThrow(expect.objectContaining({ code: 'agents/platform' }));
  });
});
