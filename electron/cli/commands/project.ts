import type { Command } from 'commander';
import { type Answer, collect, leaf, type Options, said, type Session } from '../leaf.ts';
import { findProject, toPath } from '../names.ts';
import { addOptionFlags, readOptions, secretNames } from '../option-flags.ts';
import { UsageError } from '../output.ts';
import { agreeToRemoval, describeRemoval } from '../removal.ts';
import { visible } from '../safe-text.ts';
import { currentLayout, formatTable } from '../table.ts';
import { ago } from '../words.ts';

export function declareCommands(group: Command): void {
  leaf(group, 'list', 'All projects.', ['project list', 'project list --json'], list);
  leaf(group, 'add [folder]', 'Add a folder; the present one by default. Adding it again changes nothing.', ['project add', 'project add ~/code/orchard'], add);
  leaf(
    group,
    'clone <url>',
    'Add a repository by its URL. Each workspace clones it inside its wall.',
    ['project clone https://git.example/orchard.git', 'project clone git@git.example:orchard.git --temporary'],
    clone,
  )
    .option('--temporary', 'the clone goes when its workspace stops')
    .option('--engine <engine>', 'the engine it runs on ("forgehold engine list")');
  addOptionFlags(
    leaf(
      group,
      'edit <project>',
      'Change the name, the engine, or the options new workspaces begin with.',
      ['project edit orchard --name "Orchard API"', 'project edit orchard --memory 8g --domain "*.npmjs.org"'],
      edit,
    )
      .option('--name <name>', 'what it is shown as')
      .option('--engine <engine>', 'the engine its workspaces run on; only while it has none')
      .option('--unset <option>', 'leave this option of the preset to the defaults again (repeatable)', collect),
  );
  leaf(
    group,
    'findings [project]',
    'What in its folder may shape a workspace: project file, devcontainer, the tools it uses.',
    ['project findings', 'project findings orchard --json'],
    findings,
  );
  leaf(
    group,
    'trust <project> <file>',
    'Let workspaces follow this file, in exactly its present form.',
    ['project trust orchard .forgehold.json', 'project trust orchard .forgehold.json --revoke'],
    trust,
  )
    .option('--revoke', 'take that back')
    .option('--hash <sha256>', 'the form that was seen ("forgehold project findings"); by default the one shown now, after a question')
    .option('--yes', 'do not ask');
  leaf(
    group,
    'remove <project>',
    'Forget a project and remove its workspaces. The folder itself is not touched.',
    ['project remove orchard', 'project remove orchard --yes --discard', 'project remove orchard --dry-run'],
    remove,
  )
    .option('--yes', 'do not ask')
    .option('--discard', 'lose work that lies nowhere else')
    .option('--dry-run', 'only say what would go');
}

async function list({ snapshot }: Session): Promise<Answer> {
  const { projects, workspaces } = await snapshot();
  return {
    json: projects,
    text: () => {
      if (projects.length === 0) return 'No project yet. "forgehold project add" adds the present folder.\n';
      const rows = projects.map((project) => {
        const own = workspaces.filter(({ projectId }) => projectId === project.projectId);
        const running = own.filter(({ state }) => state.kind === 'running').length;
        const place = project.url ?? project.path;
        return [
          project.name,
          project.projectId,
          own.length === 0 ? '-' : `${running} of ${own.length} run`,
          ago(project.usedAt),
          project.present ? place : { text: `${place} (gone)`, style: 'bad' as const },
        ];
      });
      return formatTable(['NAME', 'ID', 'WORKSPACES', 'USED', 'PLACE'], rows, currentLayout());
    },
  };
}

async function add({ client }: Session, [folder = '.']: readonly (string | undefined)[]): Promise<Answer> {
  const project = await client.call('projects.create', { path: toPath(folder) });
  return said(visible(`${project.name} (${project.projectId}) at ${project.path}`), project);
}

async function clone({ client }: Session, [url]: readonly (string | undefined)[], options: Options): Promise<Answer> {
  const engine = options['engine'] as string | undefined;
  const project = await client.call('projects.clone', {
    url: url!,
    keep: options['temporary'] ? 'temporary' : 'named',
    ...(engine !== undefined && { engine }),
  });
  return said(visible(`${project.name} (${project.projectId}) from ${project.url ?? url}`), project);
}

async function edit({ client, snapshot }: Session, [wanted]: readonly (string | undefined)[], options: Options): Promise<Answer> {
  const known = await snapshot();
  const { projectId } = findProject(known, wanted);
  const unset = Object.fromEntries(((options['unset'] as readonly string[] | undefined) ?? []).map((name) => [name, null]));
  const preset = { ...readOptions(options, secretNames(known.agents)), ...unset };
  const [name, engine] = [options['name'] as string | undefined, options['engine'] as string | undefined];
  const hasPreset = Object.keys(preset).length > 0;
  if (!hasPreset && name === undefined && engine === undefined) throw new UsageError('What shall change? "forgehold project edit --help" lists the flags.');
  const project = await client.call('projects.edit', {
    projectId,
    ...(name !== undefined && { name }),
    ...(engine !== undefined && { engine }),
    ...(hasPreset && { preset }),
  });
  return said(visible(`${project.name} is changed. Workspaces made from now on follow it.`), project);
}

async function findings({ client, snapshot }: Session, [wanted]: readonly (string | undefined)[]): Promise<Answer> {
  const { projectId } = findProject(await snapshot(), wanted);
  const found = await client.call('projects.findings', { projectId });
  return {
    json: found,
    text: () => {
      const lines = found.files.flatMap(({ path, trusted, broken, hash, notes, asks }) => [
        `${path}: ${broken ? 'cannot be used' : trusted ? 'trusted' : 'not trusted'}${hash ? `, ${hash.slice(0, 12)}` : ''}`,
        ...(Object.keys(asks.options).length > 0 ? [`  asks for ${JSON.stringify(asks.options)}`] : []),
        ...(asks.postCreate ? [`  runs after creation: ${asks.postCreate.join(' ')}`] : []),
        ...notes.map((note) => `  ${note}`),
      ]);
      const tools = found.detected.map(({ title, because, domains }) => `${title} (${because}): ${domains.join(', ')}`);
      const all = [...lines, ...tools];
      return all.length === 0 ? 'Nothing in it shapes a workspace.\n' : `${all.map(visible).join('\n')}\n`;
    },
  };
}

async function trust({ client, snapshot, note }: Session, [wanted, path]: readonly (string | undefined)[], options: Options): Promise<Answer> {
  const { projectId, name } = findProject(await snapshot(), wanted);
  if (options['revoke'])
    return said(visible(`${path} of ${name} is not followed any more.`), await client.call('projects.trust', { projectId, path: path!, hash: null }));
  const { files } = await client.call('projects.findings', { projectId });
  const file = files.find((one) => one.path === path);
  const there = files.map((one) => one.path).join(', ') || 'none';
  if (!file) throw new UsageError(visible(`${name} has no such file that may shape a workspace. There are: ${there}.`));
  const given = options['hash'] as string | undefined;
  if (given === undefined && options['yes'] !== true) {
    const { confirm } = await import('../ask.ts');
    note(visible(`${path} asks for ${JSON.stringify(file.asks)}`));
    await confirm(visible(`Let workspaces of ${name} follow it?`), '--hash or --yes');
  }
  const answer = await client.call('projects.trust', { projectId, path: path!, hash: given ?? file.hash });
  return said(visible(`New and recreated workspaces of ${name} follow ${path} in this form.`), answer);
}

async function remove({ client, snapshot }: Session, [wanted]: readonly (string | undefined)[], options: Options): Promise<Answer> {
  const { projectId, name } = findProject(await snapshot(), wanted);
  const removal = await client.call('projects.removal', { projectId });
  if (options['dryRun']) return { json: removal, text: () => describeRemoval(removal) };
  await agreeToRemoval(removal, `the project ${name}`, options);
  await client.call('projects.remove', { projectId, discard: options['discard'] === true });
  return said(visible(`${name} is removed. Its folder is as it was.`), { projectId });
}
