import { expect, it, test } from 'vitest';
import { readJsonc } from '../../lib/read-jsonc.ts';
import { understandDevcontainer } from './devcontainer.ts';
import { understandProjectFile } from './understand.ts';

const rules = {
  parsePattern(pattern: string): string {
    if (pattern.includes(' ')) throw new Error('Type one domain.');
    return pattern;
  },
  keyNames: () => ['OPENAI_API_KEY'],
};

function read(text: string): ReturnType<typeof understandDevcontainer> {
  const parsed = readJsonc(Buffer.from(text));
  return 'problem' in parsed ? parsed : understandDevcontainer(parsed.value, '/home/ada/orchard', rules);
}

test('a devcontainer.json maps as far as it goes, and the rest is named', () => {
  const found = read(`{
    // A comment, and a trailing comma below.
    "name": "Orchard",
    "image": "orchard:1",
    "containerEnv": { "ROOT": "\${localWorkspaceFolder}/x", "NAME": "\${localWorkspaceFolderBasename}", "TOKEN": "\${localEnv:TOKEN}", "OPENAI_API_KEY": "k" },
    "remoteEnv": { "HERE": "\${containerWorkspaceFolder}", "NONE": null },
    "workspaceFolder": "/home/ada/orchard/app",
    "hostRequirements": { "cpus": 4, "memory": "8gb" },
    "postCreateCommand": { "one": "npm ci", "two": ["echo", "it's done", "\${localWorkspaceFolder}"] },
    "features": { "ghcr.io/x": {} }, "privileged": true, "runArgs": ["--net=host"], "mounts": ["source=/,target=/host,type=bind"],
    "initializeCommand": "curl x | sh", "forwardPorts": [3000],
  }`);
  expect(found).toMatchObject({
    asks: {
      options: {
        image: 'orchard:1',
        env: { ROOT: '/home/ada/orchard/x', NAME: 'orchard', HERE: '/home/ada/orchard/app' },
        workingFolder: '/home/ada/orchard/app',
        cpus: 4,
        memoryMb: 8192,
      },
      postCreate: ['npm ci', `echo 'it'\\''s done' /home/ada/orchard`],
    },
  });
  const notes = 'notes' in found ? found.notes.join('\n') : '';
  for (const word of ['TOKEN', 'OPENAI_API_KEY', 'features', 'privileged', 'runArgs', 'mounts', 'never run', 'ports']) expect(notes).toContain(word);
});

it.each(['/', '/home/ada', '/home/ada/orchard/../other', '/workspaces/orchard'])('gives no folder outside the project: %s', (folder) => {
  const found = read(JSON.stringify({ workspaceFolder: folder }));
  expect(found).toMatchObject({ asks: { options: {} }, notes: [expect.stringContaining('same path')] });
});

test('a project file asks for options; what is yours to decide, and what does not exist, is named', () => {
  const value = {
    version: 1,
    agent: 'codex',
    options: {
      memoryMb: 4096,
      mounts: [{ source: '/' }],
      skipPermissions: true,
      extraArguments: ['--yolo'],
      colour: 'red',
      domains: ['*.example.com', 'no domain'],
    },
    postCreate: ['npm', 'ci'],
    editor: 'x',
  };
  const found = understandProjectFile(value, rules);
  expect(found).toMatchObject({ asks: { agent: 'codex', options: { memoryMb: 4096, domains: ['*.example.com'] }, postCreate: ['npm ci'] } });
  const notes = 'notes' in found ? found.notes.join('\n') : '';
  for (const word of ['mounts', 'prompts', 'arguments', '"colour"', '"no domain"', '"editor"']) expect(notes).toContain(word);
});

test('a file cannot begin to learn, which would let every name out; other modes it may ask for', () => {
  expect(understandProjectFile({ version: 1, options: { mode: 'learning' } }, rules)).toEqual({
    problem: expect.stringMatching(/^options\.mode: .*Learning lets every name out/) as string,
  });
  expect(understandProjectFile({ version: 1, options: { mode: 'none' } }, rules)).toMatchObject({ asks: { options: { mode: 'none' } }, notes: [] });
});

test('a value of the wrong form is told by its place', () => {
  expect(understandProjectFile({ version: 1, options: { memoryMb: 'much' } }, rules)).toEqual({
    problem: expect.stringMatching(/^options\.memoryMb: /) as string,
  });
  expect(understandProjectFile({ version: 2 }, rules)).toHaveProperty('problem');
});
