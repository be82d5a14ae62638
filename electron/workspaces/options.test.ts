import { describe, expect, it } from 'vitest';
import { applyChanges, builtInOptions, completeOptionsSchema, layOptions, type Layer, optionNames, pendingOptions, planEdit, withLive } from './options.ts';

const builtIn = builtInOptions({ cpus: 2, memoryMb: 4096, pidsLimit: 2048 });
const layers: readonly Layer[] = [
  { source: 'workspace', options: { model: 'opus', env: { A: 'workspace' }, domains: [] } },
  { source: 'project-file', options: { image: 'team:1', env: { A: 'file', B: 'file' }, domains: ['a.example'] } },
  { source: 'project', options: { image: 'mine:1', memoryMb: 1024, env: { C: 'project' } } },
  { source: 'installation', options: { memoryMb: 2048, skipPermissions: true, env: { B: 'installation', D: 'installation' } } },
];

describe('layers of options', () => {
  it('let the strongest that says something decide, and say which it was', () => {
    const { options, sources } = layOptions(layers, builtIn);
    expect(options).toMatchObject({ model: 'opus', image: 'team:1', memoryMb: 1024, skipPermissions: true, cpus: 2, mode: 'restricted' });
    expect(sources).toMatchObject({ model: 'workspace', image: 'project-file', memoryMb: 'project', skipPermissions: 'installation', cpus: 'built-in' });
  });

  it('merge variables by name, and replace a list as a whole', () => {
    const { options, sources } = layOptions(layers, builtIn);
    expect(options.env).toEqual({ A: 'workspace', B: 'file', C: 'project', D: 'installation' });
    expect(options.domains).toEqual([]);
    expect(sources.env).toBe('workspace');
  });

  it('leave no option undecided', () => {
    expect(completeOptionsSchema.parse(layOptions([], builtIn).options)).toEqual(builtIn);
    expect(Object.keys(builtIn).toSorted()).toEqual(optionNames.toSorted());
  });

  it('keep a variable named like a part of every object to itself', () => {
    const hostile = JSON.parse('{"__proto__": "x", "constructor": "y"}') as Record<string, string>;
    const { options } = layOptions([{ source: 'workspace', options: { env: hostile } }], builtIn);
    expect(options.env['constructor']).toBe('y');
    expect(Object.getPrototypeOf(options.env)).not.toBe('x');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('an edit', () => {
  const resolve = (own: Parameters<typeof applyChanges>[0]) => layOptions([{ source: 'workspace', options: own }, ...layers.slice(1)], builtIn).options;
  const asked = layers[0]!.options;
  const effective = resolve(asked);

  it('sets, keeps what is absent, and gives back with null', () => {
    expect(applyChanges({ model: 'opus', cpus: 1 }, { model: null, image: 'x', mode: undefined })).toEqual({ cpus: 1, image: 'x' });
  });

  it('tells what takes effect at once from what recreates', () => {
    const plan = planEdit(asked, { model: 'sonnet', memoryMb: 512, domains: ['b.example'], image: 'other:1', command: ['sh'] }, effective, resolve);
    expect(plan).toEqual({ live: ['memoryMb', 'model', 'domains'], recreate: ['image', 'command'] });
  });

  it('names nothing that stays as it is, also when a weaker layer says the same', () => {
    expect(planEdit(asked, { image: 'team:1', cpus: null, env: { A: 'workspace' } }, effective, resolve)).toEqual({ live: [], recreate: [] });
    expect(planEdit(asked, { model: null }, effective, resolve)).toEqual({ live: ['model'], recreate: [] });
  });

  it('waits for a recreation only with what cannot be changed live', () => {
    const wanted = resolve(applyChanges(asked, { image: 'other:1', cpus: 1 }));
    expect(pendingOptions(wanted, effective)).toEqual(['image']);
    expect(withLive(effective, wanted, ['image', 'cpus'])).toEqual({ ...effective, cpus: 1 });
  });
});
