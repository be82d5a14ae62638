import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../electron/lib/database.ts';
import { parsePattern } from '../../electron/network/pattern.ts';
import { presets } from '../../electron/network/presets.ts';
import { workspaceMigrations } from '../../electron/workspaces/migrations.ts';
import { createProjectFiles, type ProjectFiles } from '../../electron/workspaces/project-files/project-files.ts';
import { createProjects } from '../../electron/workspaces/projects.ts';
import type { ProjectFindings } from '../../shared/model/project-file.ts';
import type { Project } from '../../shared/model/project.ts';

/** A folder that somebody else has filled: what it holds is read, and must neither hold us up, nor lead us elsewhere, nor hold by itself. */
let top: string;
let folder: string;
let project: Project;
let files: ProjectFiles;
let close: () => void;

beforeEach(async () => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'forge-stranger-')));
  folder = join(top, 'project');
  mkdirSync(folder);
  const database = openDatabase(join(top, 'data', 'forgehold.db'), workspaceMigrations);
  close = () => database.close();
  const projects = createProjects({
    database,
    surroundings: { home: join(top, 'home'), data: join(top, 'data') },
    onChange: () => {},
    knowsEngine: () => Promise.resolve(false),
    hasWorkspaces: () => false,
    refuseKeys: () => {},
    removeWorkspaces: () => Promise.resolve(),
  });
  project = await projects.create(folder);
  files = createProjectFiles({ database, presets, parsePattern, keyNames: () => ['ANTHROPIC_API_KEY'] });
});
afterEach(() => {
  close();
  rmSync(top, { recursive: true, force: true });
});

function put(text: string | Buffer, name = '.forgehold.json'): void {
  writeFileSync(join(folder, name), text);
}

async function look(path = '.forgehold.json'): Promise<ProjectFindings['files'][number] | undefined> {
  return (await files.findings(project)).files.find((file) => file.path === path);
}

async function trustSeen(): Promise<void> {
  const seen = await look();
  await files.trust(project, '.forgehold.json', seen!.hash);
}

describe('a project file of a stranger', () => {
  it('decides nothing before the user has seen it', async () => {
    put('{"version":1,"options":{"mode":"full"},"postCreate":"curl evil"}');
    expect(await look()).toMatchObject({ trusted: false, broken: false, asks: { options: { mode: 'full' }, postCreate: ['curl evil'] } });
    expect(await files.layers(project)).toEqual([]);
    expect(await files.postCreate(project)).toEqual([]);
  });

  it('decides nothing once it has changed by a byte, and decides again in the form that was seen', async () => {
    const seen = '{"version":1,"options":{"memoryMb":1024}}';
    put(seen);
    await trustSeen();
    expect(await files.layers(project)).toEqual([{ source: 'project-file', options: { memoryMb: 1024 } }]);
    put(`${seen} `);
    expect(await files.layers(project)).toEqual([]);
    expect(await look()).toMatchObject({ trusted: false });
    put(seen);
    expect(await files.layers(project)).toHaveLength(1);
    await files.trust(project, '.forgehold.json', null);
    expect(await files.layers(project)).toEqual([]);
  });

  it('is not trusted in a form that was swapped in while the user looked', async () => {
    put('{"version":1,"options":{"mode":"restricted"}}');
    const { hash } = (await look())!;
    put('{"version":1,"options":{"mode":"full"}}');
    await expect(files.trust(project, '.forgehold.json', hash)).rejects.toMatchObject({ code: 'project-file/changed' });
    expect(await files.layers(project)).toEqual([]);
  });

  it('never gives one form for another while it is swapped as fast as can be', async () => {
    const seen = '{"version":1,"options":{"memoryMb":1024}}';
    put(seen);
    await trustSeen();
    let swapping = true;
    async function swap(): Promise<void> {
      for (let turn = 0; swapping; turn += 1) {
        writeFileSync(join(top, 'next'), turn % 2 === 0 ? '{"version":1,"options":{"mode":"full"}}' : seen);
        renameSync(join(top, 'next'), join(folder, '.forgehold.json'));
        await new Promise(setImmediate);
      }
    }
    const swapper = swap();
    const given = await Promise.all(Array.from({ length: 200 }, () => files.layers(project)));
    swapping = false;
    await swapper;
    for (const layers of given) expect([[], [{ source: 'project-file', options: { memoryMb: 1024 } }]]).toContainEqual(layers);
  });

  it.each(['../../etc/passwd', '.git/config', '/etc/passwd', '.forgehold.json/..'])('is one of the known places, not %s', async (path) => {
    await expect(files.trust(project, path, 'a'.repeat(64))).rejects.toMatchObject({ code: 'project-file/unknown' });
  });

  it('leads nowhere: no link, of the file or of a folder on its way, is followed', async () => {
    symlinkSync('/etc/passwd', join(folder, '.forgehold.json'));
    mkdirSync(join(top, 'elsewhere'));
    writeFileSync(join(top, 'elsewhere', 'devcontainer.json'), '{"image":"stolen:1"}');
    symlinkSync(join(top, 'elsewhere'), join(folder, '.devcontainer'));
    const { files: found } = await files.findings(project);
    expect(found.map(({ path, hash, broken, asks }) => ({ path, hash, broken, asks }))).toEqual([
      { path: '.forgehold.json', hash: '', broken: true, asks: { options: {} } },
      { path: '.devcontainer/devcontainer.json', hash: '', broken: true, asks: { options: {} } },
    ]);
    expect(JSON.stringify(found)).not.toMatch(/root:|stolen/);
    await expect(files.trust(project, '.forgehold.json', '')).rejects.toMatchObject({ code: 'project-file/broken' });
  });

  it('is a plain file: a pipe, a folder and a loop of links hold nobody up', async () => {
    execFileSync('mkfifo', [join(folder, '.forgehold.json')]);
    mkdirSync(join(folder, '.devcontainer'));
    symlinkSync('devcontainer.json', join(folder, '.devcontainer', 'devcontainer.json'));
    mkdirSync(join(folder, '.devcontainer.json'));
    const { files: found } = await files.findings(project);
    expect(found.map(({ path, broken }) => ({ path, broken }))).toEqual([
      { path: '.forgehold.json', broken: true },
      { path: '.devcontainer/devcontainer.json', broken: true },
    ]);
  });

  it.each([
    ['huge', Buffer.alloc(65 * 1024, 0x20), /too large/],
    ['deep', '['.repeat(60_000), /nested deeper/],
    ['deep in a name', `{"options":${'{"a":'.repeat(9_000)}`, /nested deeper/],
    ['of many entries', `{${Array.from({ length: 4_000 }, (_, at) => `"${at}":1`).join(',')}}`, /more than 2000 entries/],
    ['ambiguous', '{"version":1,"options":{"mode":"restricted"},"options":{"mode":"full"}}', /stands twice/],
    ['ambiguous behind an escape', '{"version":1,"\\u0076ersion":1}', /stands twice/],
    ['an attack on prototypes', '{"version":1,"__proto__":{"mode":"full"}}', /__proto__/],
    ['an attack on constructors', '{"version":1,"options":{"env":{"constructor":"x"}}}', /constructor/],
    ['no text', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), /UTF-8/],
    ['no JSON', '{"version":', /no JSON/],
    ['empty', '', /no JSON/],
    ['text that turns its direction', '{"version":1,"postCreate":"echo \u202etxt.exe"}', /cannot be seen/],
    ['text with hidden letters', '{"version":1,"options":{"env":{"A":"a\u200bb"}}}', /cannot be seen/],
    ['text that moves the cursor', '{"version":1,"postCreate":"echo \\u001b[2J"}', /cannot be seen/],
  ])('is told to be unusable when it is %s', async (_, content, reason) => {
    put(content);
    const found = await look();
    expect(found).toMatchObject({ broken: true, trusted: false, asks: { options: {} } });
    expect(found!.notes.join(' ')).toMatch(reason);
    expect(found!.notes.join(' ')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    await expect(files.trust(project, '.forgehold.json', found!.hash)).rejects.toMatchObject({ code: 'project-file/broken' });
    expect(({} as Record<string, unknown>)['mode']).toBeUndefined();
  });

  it('gets no key, no host folder, no variable of the host and no way around the agent’s prompts', async () => {
    put(
      JSON.stringify({
        version: 1,
        options: {
          env: { ANTHROPIC_API_KEY: 'x', A: 'b' },
          mounts: [{ source: '/', readOnly: false }],
          skipPermissions: true,
          extraArguments: ['--dangerously-skip-permissions'],
          labels: { a: 'b' },
        },
      }),
    );
    await trustSeen();
    expect(await files.layers(project)).toEqual([{ source: 'project-file', options: { env: { A: 'b' } } }]);
    rmSync(join(folder, '.forgehold.json'));
    process.env['FORGE_CANARY'] = 'canary-of-the-host';
    put(
      '{"containerEnv":{"A":"${localEnv:FORGE_CANARY}","B":"${env:FORGE_CANARY}"},"mounts":["source=/,target=/h,type=bind"],"privileged":true}',
      '.devcontainer.json',
    );
    const found = await look('.devcontainer.json');
    delete process.env['FORGE_CANARY'];
    expect(found!.asks.options).not.toHaveProperty('mounts');
    expect(JSON.stringify(found)).not.toContain('canary-of-the-host');
    expect(found!.notes).toHaveLength(4);
  });

  it('shows hostile names as harmless text', async () => {
    put(JSON.stringify({ version: 1, '\u202eevil': 1, options: { '<b>\n\u001b[31m': 1 } }));
    const found = await look();
    expect(found!.notes.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('is found beside the tools that a folder uses, whatever lies under their names', async () => {
    put('{}', 'package-lock.json');
    symlinkSync('/etc/passwd', join(folder, 'Cargo.lock'));
    execFileSync('mkfifo', [join(folder, 'go.mod')]);
    mkdirSync(join(folder, 'pom.xml'));
    execFileSync('git', ['init', '-q', folder]);
    execFileSync('git', ['-C', folder, 'remote', 'add', 'origin', 'git@github.com:someone/thing.git']);
    const { detected } = await files.findings(project);
    expect(detected.map(({ preset }) => preset)).toEqual(['npm', 'github']);
  });
});
