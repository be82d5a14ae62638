import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../shared/secret.ts';
import { type AgentWorld, createAgentWorld, run, screenWith, startTui, type TestAgent, typeLine } from '../fixtures/agent-container.ts';
import { answerTo } from '../fixtures/fake-api/answer.ts';

/** Of the note about the network, which every agent reads by itself. */
const wordsOfTheNote = 'You work in a Forgehold workspace: a container behind a wall.';
let world: AgentWorld;

beforeAll(async () => {
  world = await createAgentWorld();
  const { userHome } = world;
  await mkdir(path.join(userHome, '.claude/commands'), { recursive: true });
  await mkdir(path.join(userHome, '.codex'));
  await mkdir(path.join(userHome, 'dotfiles'));
  await writeFile(path.join(userHome, 'dotfiles/CLAUDE.md'), 'Always answer in the WORDS-OF-THE-USER.');
  await symlink('../dotfiles/CLAUDE.md', path.join(userHome, '.claude/CLAUDE.md'));
  await writeFile(path.join(userHome, '.claude/commands/greet.md'), 'Say hello to $ARGUMENTS.');
  await writeFile(path.join(userHome, '.claude/settings.json'), '{"apiKeyHelper":"run-on-host","hooks":{},"outputStyle":"Explanatory"}');
  await mkdir(path.join(userHome, '.claude/plugins/cache/greeter'), { recursive: true });
  await writeFile(path.join(userHome, '.claude/plugins/cache/greeter/hello.md'), 'hello');
  const installed = { plugins: { greeter: [{ installPath: path.join(userHome, '.claude/plugins/cache/greeter') }] } };
  await writeFile(path.join(userHome, '.claude/plugins/installed_plugins.json'), JSON.stringify(installed));
  await writeFile(path.join(userHome, '.codex/AGENTS.md'), 'Always answer in the WORDS-OF-THE-USER.');
  await writeFile(path.join(userHome, '.gitconfig'), '[user]\n\tname = Ada \\"A\\" Lovelace\n\temail = ada@example.org\n[credential]\n\thelper = store\n');
});
afterAll(() => world.end());

async function transcripts(agent: TestAgent, folder: string): Promise<readonly string[]> {
  const files = await readdir(path.join(agent.homeFolder, folder), { recursive: true });
  return files.filter((file) => file.endsWith('.jsonl'));
}

/** No dialog: the first thing on the screen that waits for a key is the prompt. */
async function converse(agent: TestAgent, ready: string): Promise<void> {
  await startTui(world, agent, 'first', 'new');
  await screenWith(world, agent, 'first', ready);
  await typeLine(world, agent, 'first', 'Tell me the first word');
  await screenWith(world, agent, 'first', answerTo('Tell me the first word'));
}

/** A second session with what was said so far, in a second terminal; the first one runs on, and its transcript stays as it is. */
async function forkBeside(agent: TestAgent, folder: string): Promise<{ readonly before: string; readonly after: string; readonly copy: string }> {
  const [original = ''] = await transcripts(agent, folder);
  const read = (name: string): Promise<string> => readFile(path.join(agent.homeFolder, folder, name), 'utf8');
  const before = await read(original);
  await startTui(world, agent, 'forked', 'fork');
  await screenWith(world, agent, 'forked', answerTo('Tell me the second word'));
  await typeLine(world, agent, 'forked', 'Tell me the forked word');
  await screenWith(world, agent, 'forked', answerTo('Tell me the forked word'));
  await expect.poll(() => transcripts(agent, folder), { timeout: 20_000 }).toHaveLength(2);
  const copy = (await transcripts(agent, folder)).find((name) => name !== original) ?? '';
  await expect.poll(() => read(copy), { timeout: 20_000 }).toContain(answerTo('Tell me the forked word'));
  // The first one runs on.
  await run(world, agent, ['tmux', 'has-session', '-t', 'second']);
  return { before, after: await read(original), copy: await read(copy) };
}

async function resumeAfterKill(agent: TestAgent): Promise<void> {
  await run(world, agent, ['tmux', 'kill-session', '-t', 'first']);
  await startTui(world, agent, 'second', 'resume');
  await screenWith(world, agent, 'second', answerTo('Tell me the first word'));
  await typeLine(world, agent, 'second', 'Tell me the second word');
  await screenWith(world, agent, 'second', answerTo('Tell me the second word'));
}

describe('Claude Code', () => {
  let agent: TestAgent;
  beforeAll(async () => {
    world.vault.set({ agent: 'claude-code' }, new Secret('sk-ant-test-claude'));
    agent = await world.startAgent('claude-code', { ANTHROPIC_BASE_URL: `http://${world.api.name}` });
  });

  it('draws its screen without a dialog, takes a prompt and shows the answer, with the key from the tmpfs', async () => {
    await converse(agent, 'bypass permissions on');
    const requests = (await world.api.requests()).filter((request) => request.path.startsWith('/v1/messages'));
    expect(requests.map((request) => request.headers['x-api-key'])).toContain('sk-ant-test-claude');
    expect(requests.some((request) => request.body.includes('WORDS-OF-THE-USER') && request.body.includes(wordsOfTheNote))).toBe(true);
  });

  it("keeps its transcript in the workspace's home and resumes it after it was killed", async () => {
    await expect.poll(() => transcripts(agent, '.claude/projects'), { timeout: 20_000 }).toHaveLength(1);
    await resumeAfterKill(agent);
    expect(await transcripts(agent, '.claude/projects')).toHaveLength(1);
  });

  it('forks its session into a second one beside it, and leaves the first as it was', async () => {
    const { before, after, copy } = await forkBeside(agent, '.claude/projects');
    expect(after).toBe(before);
    expect(copy).toContain(answerTo('Tell me the forked word'));
  });

  it('uses a changed key without a restart', async () => {
    world.vault.set({ agent: 'claude-code' }, new Secret('sk-ant-oat01-token'));
    await world.home.deliverKey(agent);
    expect(await run(world, agent, ['sh', '-c', 'cd /run/forgehold/keys && stat -c "%n %a" *'])).toBe('claude-code.oauth 400\n');
    await run(world, agent, ['tmux', 'kill-server']);
    await startTui(world, agent, 'third', 'new');
    await screenWith(world, agent, 'third', 'bypass permissions on');
    await typeLine(world, agent, 'third', 'Tell me the third word');
    await screenWith(world, agent, 'third', answerTo('Tell me the third word'));
    expect((await world.api.requests()).some((request) => request.headers['authorization'] === 'Bearer sk-ant-oat01-token')).toBe(true);
  });

  it('starts fresh when there is nothing to resume, or what there is cannot be resumed', async () => {
    await run(world, agent, ['sh', '-c', 'rm -rf ~/.claude/projects']);
    await startTui(world, agent, 'gone', 'resume');
    await screenWith(world, agent, 'gone', 'bypass permissions on');
    await run(world, agent, ['tmux', 'kill-session', '-t', 'gone']);
    const folder = agent.project.replaceAll(/[^A-Za-z0-9]/g, '-');
    await run(world, agent, [
      'sh',
      '-c',
      `mkdir -p ~/.claude/projects/${folder} && echo broken > ~/.claude/projects/${folder}/00000000-0000-4000-8000-000000000000.jsonl`,
    ]);
    await startTui(world, agent, 'broken', 'resume');
    expect(await screenWith(world, agent, 'broken', 'bypass permissions on')).not.toContain('ANSWER');
  });

  it("finds the user's instructions and commands, read-only, his name, and nothing that runs on the host", async () => {
    expect(await run(world, agent, ['sh', '-c', 'cat ~/.claude/commands/greet.md'])).toContain('$ARGUMENTS');
    expect(await run(world, agent, ['sh', '-c', 'cat ~/.claude/settings.json 2>/dev/null; cat ~/.gitconfig'])).not.toMatch(/run-on-host|credential/);
    expect(await run(world, agent, ['git', 'config', 'user.name'])).toBe('Ada "A" Lovelace\n');
    await expect(run(world, agent, ['sh', '-c', 'echo x >> ~/.claude/CLAUDE.md'])).rejects.toThrow(/denied/);
  });
});

describe("the user's plugins and settings", () => {
  it('are a copy that the agent may change: renewed as long as it does not, and never written on the host', async () => {
    const agent = await world.startAgent('claude-code', {}, 'copies');
    const inside = (line: string): Promise<string> => run(world, agent, ['sh', '-c', `cd ~/.claude && ${line}`]);
    expect(JSON.parse(await inside('cat settings.json'))).toEqual({ outputStyle: 'Explanatory' });
    expect(await inside('cat plugins/installed_plugins.json')).toContain('"/home/agent/.claude/plugins/cache/greeter"');
    await inside('echo changed > plugins/cache/greeter/hello.md && echo mine > plugins/cache/greeter/own.md');
    const hello = path.join(world.userHome, '.claude/plugins/cache/greeter/hello.md');
    expect(await readFile(hello, 'utf8')).toBe('hello');
    await writeFile(hello, 'hello again');
    await writeFile(path.join(world.userHome, '.claude/settings.json'), '{"outputStyle":"Learning","statusLine":{"command":"run-on-host"}}');
    await world.home.prepare(agent, [agent.project]);
    expect(await inside('cat plugins/cache/greeter/hello.md plugins/cache/greeter/own.md settings.json')).toBe(
      'changed\nmine\n{\n  "outputStyle": "Learning"\n}\n',
    );
    await rm(path.join(world.userHome, '.claude/plugins/installed_plugins.json'));
    await world.home.prepare(agent, [agent.project]);
    expect(await inside('ls plugins')).toBe('cache\n');
    // What the agent makes of the place keeps nobody from starting it.
    await inside('rm -rf plugins && echo mine > plugins');
    await world.home.prepare(agent, [agent.project]);
    expect(await inside('cat plugins')).toBe('mine\n');
    expect(JSON.stringify(world.logged)).toMatch(/settings\.json.*statusLine/);
  });
});

describe('Codex', () => {
  let agent: TestAgent;
  beforeAll(async () => {
    world.vault.set({ agent: 'codex' }, new Secret('sk-test-codex'));
    agent = await world.startAgent('codex', { OPENAI_BASE_URL: `http://${world.api.name}/v1` });
  });

  it('draws its screen without a dialog, takes a prompt and shows the answer, with the key from the tmpfs', async () => {
    await converse(agent, 'Ask Codex');
    const requests = (await world.api.requests()).filter((request) => request.path.startsWith('/v1/responses'));
    expect(requests.length).toBeGreaterThan(0);
    for (const request of requests) expect(request.headers['authorization']).toBe('Bearer sk-test-codex');
    expect(requests.some((request) => request.body.includes('WORDS-OF-THE-USER') && request.body.includes(wordsOfTheNote))).toBe(true);
  });

  it("keeps its transcript in the workspace's home and resumes it after it was killed", async () => {
    await expect.poll(() => transcripts(agent, '.codex/sessions'), { timeout: 20_000 }).toHaveLength(1);
    await resumeAfterKill(agent);
    const [file] = await transcripts(agent, '.codex/sessions');
    expect(await readFile(path.join(agent.homeFolder, '.codex/sessions', file ?? ''), 'utf8')).toContain(answerTo('Tell me the second word'));
  });

  it('forks its session into a second one beside it, and leaves the first as it was', async () => {
    const { before, after, copy } = await forkBeside(agent, '.codex/sessions');
    expect(after).toBe(before);
    expect(copy).toContain(answerTo('Tell me the forked word'));
  });

  it('starts fresh when there is nothing to resume', async () => {
    await run(world, agent, ['sh', '-c', 'tmux kill-server; rm -rf ~/.codex']);
    await startTui(world, agent, 'gone', 'resume');
    expect(await screenWith(world, agent, 'gone', 'Ask Codex')).not.toContain('ANSWER');
  });
});

describe('shell', () => {
  it('is a login shell', async () => {
    const agent = await world.startAgent('shell');
    await startTui(world, agent, 'shell', 'new');
    await typeLine(world, agent, 'shell', 'shopt -q login_shell && echo "it is $((6 * 7))"');
    expect(await screenWith(world, agent, 'shell', 'it is 42')).not.toContain('not found');
  });
});
