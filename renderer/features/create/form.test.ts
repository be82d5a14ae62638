import { expect, test } from 'vitest';
import { checkForm, emptyForm, formRequest } from './form.ts';
import { baseName, readPath, trimPath } from './path-input.ts';

test('what is left empty is left to the core', () => {
  expect(formRequest('0123456789ab', emptyForm)).toEqual({ projectId: '0123456789ab', agent: 'claude-code', mode: 'restricted', skipPermissions: false });
});

test('memory is typed in GB and asked for in MiB; a decimal comma is understood', () => {
  expect(formRequest('0123456789ab', { ...emptyForm, cpus: '1,5', memory: '2.5', name: ' mine ' })).toMatchObject({ cpus: 1.5, memoryMb: 2560, name: 'mine' });
});

test('a shell has no permissions to skip and no model', () => {
  expect(formRequest('0123456789ab', { ...emptyForm, agent: 'shell', skipPermissions: true, model: 'x' })).toEqual({
    projectId: '0123456789ab',
    agent: 'shell',
    mode: 'restricted',
    skipPermissions: false,
  });
});

test('numbers that make no sense are refused at their field', () => {
  expect(checkForm(emptyForm)).toEqual({});
  expect(Object.keys(checkForm({ ...emptyForm, cpus: '0', memory: 'lots' }))).toEqual(['cpus', 'memory']);
});

test('the environment is a line for each variable, its value as it stands there', () => {
  const environment = 'API_URL=http://model.example?a=b\n\n  EMPTY=\r\nQUOTED="two words" ';
  expect(checkForm({ ...emptyForm, environment })).toEqual({});
  expect(formRequest('0123456789ab', { ...emptyForm, environment }).env).toEqual({
    API_URL: 'http://model.example?a=b',
    EMPTY: '',
    QUOTED: '"two words" ',
  });
});

function problemOf(environment: string): string | undefined {
  return checkForm({ ...emptyForm, environment }).environment;
}

test('a wrong variable is named by its line, in the words of the contract', () => {
  expect(problemOf('A=1\n\nB-C=2')).toBe('Line 3: An environment variable is named by letters, digits and underscore.');
  expect(problemOf('=1')).toMatch(/^Line 1: An environment variable is named/);
  expect(problemOf('A=1\nA=2')).toBe('Line 2: A is there twice.');
  expect(problemOf('A=b\0c')).toBe('Line 1: An environment value holds no NUL.');
});

test('a typed path asks for its folder, filtered by its last part', () => {
  expect(readPath('/home/me/co')).toEqual({ folder: '/home/me', filter: 'co' });
  expect(readPath('/home/me/')).toEqual({ folder: '/home/me', filter: '' });
  expect(readPath('/h')).toEqual({ folder: '/', filter: 'h' });
  expect([trimPath('/home/me/code/'), trimPath('/'), trimPath(' /x '), baseName('/home/me/code/')]).toEqual(['/home/me/code', '/', '/x', 'code']);
});
