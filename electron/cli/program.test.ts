import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { complete } from './completion.ts';
import { describeProgram } from './docs.ts';
import { exitCodeOf } from './exit-codes.ts';
import { toControl } from './join.ts';
import { getExamples } from './leaf.ts';
import { toMegabytes } from './option-flags.ts';
import { createProgram, isCommand } from './program.ts';
import { enterWorld } from './world.ts';

enterWorld({
  attach: () => Promise.reject(new AppError('core/not-running', 'None runs.')),
  serve: () => Promise.resolve(),
  server: ['forgehold'],
  window: ['forgehold'],
});

async function values(...words: string[]): Promise<string[]> {
  return (await complete(words, '/nonexistent/data')).map(({ value }) => value);
}

test('docs/cli.md is what the program says (vitest -u writes it)', async () => {
  await expect(describeProgram(await createProgram())).toMatchFileSnapshot(join(import.meta.dirname, '../../docs/cli.md'));
});

test('every command has a description and an example that it understands', async () => {
  const program = await createProgram();
  const wrong: string[] = [];
  const check = (command: Command, words: readonly string[]): void => {
    const path = [...words, command.name()];
    if (command.name().startsWith('__')) return;
    if (command.commands.length > 0) return command.commands.forEach((one) => check(one, path));
    const flags = new Set(command.options.map(({ long }) => long));
    const examples = getExamples(command);
    if (command.description() === '' || examples.length === 0) wrong.push(path.join(' '));
    for (const example of examples) {
      if (!example.startsWith(path.join(' ')) && !(path[0] === 'open' && example.startsWith('.'))) wrong.push(example);
      for (const [flag] of example.matchAll(/ --[a-z-]+/g)) if (!flags.has(flag.trim())) wrong.push(example);
    }
  };
  for (const command of program.commands) check(command, []);
  expect(wrong).toEqual([]);
});

test('a program made for one word has all that word needs, and every word it knows is one of the whole', async () => {
  const whole = await createProgram();
  for (const { name, commands } of whole.commands.map((command) => ({ name: command.name(), commands: command.commands.map((one) => one.name()) }))) {
    expect([name, isCommand(name)]).toEqual([name, true]);
    const part = (await createProgram(name)).commands.find((command) => command.name() === name);
    expect(part?.commands.map((one) => one.name())).toEqual(commands);
  }
});

test('the disconnect key is ctrl+ and a letter or one of [ \\ ] ^ _, and nothing else', () => {
  const keys = ['ctrl+\\', 'ctrl+a', 'ctrl+z', 'CTRL+X', 'ctrl+[', 'ctrl+]', 'ctrl+^', 'ctrl+_'];
  expect(keys.map(toControl)).toEqual([0x1c, 1, 26, 24, 0x1b, 0x1d, 0x1e, 0x1f]);
  for (const key of ['x', 'ctrl+', 'ctrl+1', 'ctrl+ä', 'alt+x', 'ctrl+xx', 'ctrl+@', '', 'ctrl-x'])
    expect(() => toControl(key)).toThrow(expect.objectContaining({ code: 'cli/usage' }));
});

test('sizes of memory are read as Docker reads them', () => {
  expect(['512m', '4g', '4G', '1.5g', '2048', '2GiB'].map(toMegabytes)).toEqual([512, 4096, 4096, 1536, 2048, 2048]);
  for (const size of ['', 'lots', '-1', '4t']) expect(() => toMegabytes(size)).toThrow('no size of memory');
});

test('the exit status says what kind of end it was', () => {
  const codes = [
    'workspace/failed',
    'cli/usage',
    'contract/invalid-input',
    'core/not-running',
    'workspace/unknown',
    'cli/not-found',
    'cli/needs-confirmation',
    'workspace/unpushed-work',
    'workspace/cancelled',
  ];
  expect(codes.map(exitCodeOf)).toEqual([1, 2, 2, 3, 4, 4, 5, 5, 130]);
});

test('completion knows commands, flags and fixed values without a core, and is silent where it has nothing', async () => {
  expect(await values('wor')).toEqual(['workspace']);
  expect(await values('workspace', 'st')).toEqual(['start', 'stop']);
  expect(await values('workspace', 'create', '--me')).toEqual(['--memory']);
  expect(await values('domain', 'mode', '')).toEqual(['restricted', 'full', 'none', 'learning']);
  expect(await values('domain', 'answer', 'tracker.example', 'deny')).toEqual(['deny', 'deny-silently']);
  expect(await values('domain', 'preset', 'on', 'py')).toEqual(['pypi']);
  expect(await values('domain', 'add', 'a.example', '--scope', 'g')).toEqual(['global']);
  expect(await values('workspace', 'create', '--mode', 'f')).toEqual(['full']);
  expect(await values('settings', 'set', 'disc')).toEqual(['disconnectKey']);
  expect(await values('workspace', 'stop', '')).toEqual([]);
  expect(await values('nonsense', '')).toEqual([]);
  expect(await values('')).not.toContain('__complete');
});
