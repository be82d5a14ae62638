import { lstat, mkdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readUserFiles } from '../../electron/agents/user-files.ts';
import { type AgentWorld, createAgentWorld, run, type TestAgent } from '../fixtures/agent-container.ts';

let world: AgentWorld;
let agent: TestAgent;

beforeAll(async () => {
  world = await createAgentWorld();
  await mkdir(path.join(world.userHome, '.claude/skills'), { recursive: true });
  await writeFile(path.join(world.userHome, 'id_ed25519'), 'PRIVATE');
  agent = await world.startAgent('claude-code');
});
afterAll(() => world.end());

it('writes through no link that the agent planted in its home', async () => {
  const victim = path.join(world.userHome, 'victim.json');
  const folder = path.join(world.userHome, 'victim');
  await writeFile(victim, '{"mine":true}');
  await mkdir(folder);
  // On the host, as a process in the container sees to it that they are: names that mean something else on each side.
  await run(world, agent, [
    'sh',
    '-c',
    `cd ~ && rm -rf .claude.json .claude .gitconfig && ln -s ${victim} .claude.json && ln -s ${victim} .gitconfig && ln -s ${folder} .claude`,
  ]);
  expect(await readFile(path.join(agent.homeFolder, '.claude.json'), 'utf8')).toBe('{"mine":true}');
  // It fails, or works inside: either is the agent's own affair.
  await Promise.allSettled([world.home.prepare(agent, [agent.project])]);
  expect(await readFile(victim, 'utf8')).toBe('{"mine":true}');
  expect(await readlink(path.join(agent.homeFolder, '.claude'))).toBe(folder);
  await expect(lstat(path.join(folder, 'skills'))).rejects.toMatchObject({ code: 'ENOENT' });
});

it("reads no file of the host's through a link that an agent could have planted", async () => {
  const skills = path.join(world.userHome, '.claude/skills');
  const secret = path.join(world.userHome, 'id_ed25519');
  await mkdir(path.join(agent.project, 'skill'), { recursive: true });
  await run(world, agent, ['sh', '-c', `rm -rf ${agent.project}/skill; mkdir ${agent.project}/skill && ln -s ${secret} ${agent.project}/skill/SKILL.md`]).catch(
    async () => {
      await symlink(secret, path.join(agent.project, 'skill/SKILL.md'));
    },
  );
  await symlink(path.join(agent.project, 'skill'), path.join(skills, 'shared'));
  await writeFile(path.join(skills, 'own.md'), 'mine');
  const names = ['skills'];
  const trusting = await readUserFiles(path.join(world.userHome, '.claude'), names, []);
  expect(trusting.files.map((file) => String(Buffer.from(file.content)))).toContain('PRIVATE');
  const careful = await readUserFiles(path.join(world.userHome, '.claude'), names, [agent.project]);
  expect(careful.files.map((file) => file.name)).toEqual(['skills/own.md']);
  expect(careful.skipped).toHaveLength(1);
  await rm(path.join(skills, 'shared'));
});
