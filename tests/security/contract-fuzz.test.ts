import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { attachToCore } from '../../electron/ipc/attach.ts';
import type { Client } from '../../shared/contract/client.ts';
import { type CallName, calls } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import { type TestCore, startCore } from '../fixtures/core.ts';
import { removeInstallation } from '../fixtures/installation.ts';

/**
 * Every call of the contract with what its schema allows and what no schema would, over the real socket of a real core with a real
 * workspace. The core answers, with a value or a named error; it never calls anything a bug, and it lives on.
 */
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'forgehold-fuzz-')));
const data = join(folder, 'data');
const project = join(folder, 'project');
let core: TestCore;
let client: Client;
/** Ids that exist, ids of nobody, and ids that are something else. */
let ids: readonly string[] = [];

beforeAll(async () => {
  mkdirSync(project);
  writeFileSync(join(project, 'a'), 'a');
  core = await startCore(data);
  client = await attachToCore(data);
  const { projectId } = await core.call('projects.create', { path: project });
  const { workspaceId } = await core.call('workspaces.create', { projectId, agent: 'shell', mode: 'none' });
  const { terminalId } = await core.call('terminals.open', { workspaceId, kind: 'shell' });
  ids = [projectId, workspaceId, terminalId, '000000000000', '00000000', projectId.toUpperCase(), `${workspaceId}/..`];
});

afterAll(async () => {
  await core.stop();
  await removeInstallation(data);
  rmSync(folder, { recursive: true });
});

const hostile: readonly unknown[] = [
  ...['', ' ', '\0', 'a\0b', '../../etc', '/etc/passwd', '/proc/self/root', '/proc/self/fd/0', '/dev/stdin', '~', '-rf', '$(id)', '`id`', "';id;'", '%n'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '#{pane_id}', '\u202eabc', '\ud800', '\ufeff', '\r\nX: y', '\u001b]52;c;aGk=\u0007'],
  ...[
    '*',
    '*.',
    '*.com',
    'a..b',
    '.',
    'xn--',
    'ß.de',
    '127.0.0.1',
    '[::1]',
    'localhost',
    '0x7f.1',
    'a'.repeat(70_000),
    '/'.repeat(5000),
    '\u{1f600}'.repeat(300),
  ],
  ...[null, true, 0, -1, -0, 1e308, 0.5, 2 ** 53, [], {}, [[]], { length: 1e9 }, JSON.parse('{"__proto__":{"polluted":1}}'), { toString: 'x' }],
];
const anyHostile = fc.constantFrom(...hostile);

/** Mostly what the schema says, sometimes what it forbids. */
function arbitraryOf(schema: z.core.JSONSchema.BaseSchema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 4, arbitrary: validOf(schema) }, { weight: 1, arbitrary: anyHostile });
}

/** An id is mostly the real one, or a call would hardly ever get behind its first check. Read when it is drawn: the ids exist only then. */
function propertyOf(name: string, schema: z.core.JSONSchema.BaseSchema): fc.Arbitrary<unknown> {
  const index = ['projectId', 'workspaceId', 'terminalId'].indexOf(name);
  if (index < 0) return arbitraryOf(schema);
  return fc.oneof({ weight: 4, arbitrary: fc.constant(0).map(() => ids[index]) }, { weight: 1, arbitrary: arbitraryOf(schema) });
}

function validOf(schema: z.core.JSONSchema.BaseSchema): fc.Arbitrary<unknown> {
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return fc.oneof(...options.map(arbitraryOf));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.type === 'integer') return fc.oneof(fc.integer({ min: schema.minimum ?? -5, max: Math.min(schema.maximum ?? 1000, 1000) }), fc.maxSafeInteger());
  if (schema.type === 'number') return fc.double();
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'array') return fc.array(arbitraryOf((schema.items ?? {}) as z.core.JSONSchema.BaseSchema), { maxLength: 3 });
  if (schema.type === 'object') {
    const properties = Object.entries(schema.properties ?? {}).map(([name, one]) => [name, propertyOf(name, one as z.core.JSONSchema.BaseSchema)] as const);
    return fc.record(Object.fromEntries(properties), { requiredKeys: schema.required ?? [] });
  }
  if (schema.type !== 'string') return anyHostile;
  const strings = [fc.string({ maxLength: 300, unit: 'binary' }), fc.webUrl(), fc.domain(), fc.constant(project), fc.constant(folder)];
  return fc.oneof({ weight: 3, arbitrary: fc.nat().map((index) => ids[index % Math.max(1, ids.length)] ?? '') }, ...strings);
}

/** Its answer is not the point; that there is one, is. `app.quit` ends the core, and settings outlive the trial. */
const spared: ReadonlySet<CallName> = new Set(['app.quit', 'settings.set']);
/** What ends the workspace and the terminal that the others need is tried on ids of nobody only. */
const ending: ReadonlySet<CallName> = new Set([
  'projects.remove',
  'workspaces.create',
  'workspaces.duplicate',
  'workspaces.remove',
  'workspaces.stop',
  'terminals.close',
]);
/** Inputs tried of a call: many, but of those that are long work where they are valid: walks of the disk, looks at the machine, containers. */
const usualRuns = 120;
const fewerRuns: ReadonlyMap<CallName, number> = new Map([
  ...(['disk.use', 'disk.reclaim', 'doctor.run'] as const).map((name) => [name, 25] as const),
  ...(['workspaces.create', 'workspaces.start', 'workspaces.restart', 'workspaces.recreate', 'workspaces.edit'] as const).map((name) => [name, 10] as const),
  ...(['workspaces.removal', 'selftest.run', 'domains.setMode'] as const).map((name) => [name, 10] as const),
]);

/** What no input may bring about: a bug, and the end of the connection or of the core. */
const unfit: ReadonlySet<string> = new Set(['app/bug', 'connection/lost', 'connection/malformed']);

async function answerTo(name: CallName, input: unknown): Promise<string> {
  try {
    await client.call(name, input as never, { signal: AbortSignal.timeout(90_000) });
    return 'ok';
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

/** A core that an input has killed fails that one trial; the others get a new one. */
afterEach(async () => {
  if (!core.hasEnded()) return;
  core = await startCore(data);
  client = await attachToCore(data);
});

/** Inputs that once ended the core or led where they must not. */
describe('a name of an image that bends the path of a request', () => {
  it.each(['http://sn50h.kh//////', 'a//b', 'a/../../containers/json', 'a/./b', 'a/..'])('is refused, and the core lives: %s', async (image) => {
    expect(await answerTo('images.check', { image })).toBe('image/name-invalid');
    expect((await client.call('app.info', {})).pid).toBe(core.pid);
  });
});

describe('any input to any call is answered, and none is a bug', () => {
  it.each((Object.keys(calls) as CallName[]).filter((name) => !spared.has(name)))('%s', async (name) => {
    const schema = z.toJSONSchema(calls[name].input, { io: 'input', unrepresentable: 'any' });
    const inputs = ending.has(name) ? arbitraryOf(schema).map(withoutRealIds) : arbitraryOf(schema);
    await fc.assert(
      fc.asyncProperty(inputs, async (input) => {
        const code = await answerTo(name, input);
        if (unfit.has(code)) throw new Error(`${code}. ${core.lastWords()}`);
      }),
      { numRuns: fewerRuns.get(name) ?? usualRuns, endOnFailure: true },
    );
    expect((await client.call('app.info', {})).pid).toBe(core.pid);
  });

  it('names that are none, or that every object has', async () => {
    for (const name of ['__proto__', 'constructor', 'toString', '', 'a'.repeat(100_000), 'app.info\0', 'APP.INFO'])
      expect(await answerTo(name as CallName, {})).toBe('contract/unknown');
  });

  it('settings of every shape, and the core starts again with whatever was taken', async () => {
    const schema = z.toJSONSchema(calls['settings.set'].input, { io: 'input', unrepresentable: 'any' });
    const before = await client.call('settings.get', {});
    await fc.assert(
      fc.asyncProperty(arbitraryOf(schema), async (input) => {
        expect(await answerTo('settings.set', input)).not.toBe('app/bug');
      }),
      { numRuns: 60 },
    );
    await core.stop();
    core = await startCore(data);
    client = await attachToCore(data);
    await client.call('settings.set', before);
    expect(await client.call('settings.get', {})).toEqual(before);
    await core.stop();
    core = await startCore(data);
    client = await attachToCore(data);
  });
});

/** The ids of things that the other trials need become others. */
function withoutRealIds(input: unknown): unknown {
  const text = JSON.stringify(input);
  return text === undefined ? input : JSON.parse(ids.slice(0, 3).reduce((all, id) => all.replaceAll(id, 'f'.repeat(id.length)), text));
}
