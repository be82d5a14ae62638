import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { AgentDefinitionData } from '../../shared/model/agent-definition.ts';
import { isBuiltIn } from '../../shared/model/agent.ts';
import { refuseDependencies } from './catalogue.ts';
import { agentEnvironment, startOwn } from './launcher.ts';
import type { Manifest } from './npm-registry.ts';
import { exactVersionSchema, type PinnedTool, pinned, platforms } from './pins.ts';
import type { AgentDefinition, AgentOptions, Session } from './types.ts';

/** Names of Forgehold's own tools, and of what terminals are called. */
const reserved = new Set(['node', 'npm', 'own', 'agent', 'main']);

/** Variables that a container or its agent could not live without, or that steer what it loads. Nobody keeps a key in them. */
const fixedVariables =
  /^(?:HOME|PATH|USER|LOGNAME|SHELL|PWD|TERM|TMUX|TMUX_PANE|LANG|LC_.*|TZ|TMPDIR|IFS|ENV|BASH_ENV|LD_.*|NODE_OPTIONS|NODE_EXTRA_CA_CERTS|IS_SANDBOX|FORGEHOLD_.*|DOCKER_.*|XDG_.*)$/;

/** Folders of a home that hold keys, or the configuration of what holds them. */
const keyFolders = new Set([
  '.ssh',
  '.gnupg',
  '.aws',
  '.azure',
  '.kube',
  '.docker',
  '.password-store',
  '.mozilla',
  '.pki',
  '.local',
  '.cache',
  '.forgehold',
  '.config',
  '.claude',
  '.codex',
  '.cargo',
  '.terraform.d',
  '.thunderbird',
  'library',
]);

/**
 * What the schema cannot say of an agent type that the user adds.
 *
 * @param parsePattern Throws for what is no domain, as a rule of the wall would.
 * @param otherKeys Variables that hold a key of another agent type.
 * @throws agents/built-in, agents/definition
 */
export function checkDefinition(data: AgentDefinitionData, parsePattern: (pattern: string) => string, otherKeys: readonly string[] = []): void {
  if (isBuiltIn(data.agent) || reserved.has(data.agent))
    throw new AppError('agents/built-in', `"${data.agent}" is a name of Forgehold's own. Choose another.`, { details: { agent: data.agent } });
  const { program } = data;
  const { executable } = program;
  if (!isPrintable(executable) || executable === '') refuse('A program is named by printable characters.', { executable });
  if (program.kind === 'npm') {
    if (!exactVersionSchema.safeParse(program.version).success) refuse('Give one exact version, like 1.2.3.', { version: program.version });
    if (!isInside(executable))
      refuse('Name the program by its path in the package, such as "bin/agent.js", without ".." and without "/" in front.', { executable });
  } else if (executable.includes('/') && (!executable.startsWith('/') || path.posix.normalize(executable) !== executable || executable.endsWith('/')))
    refuse('Name the program as it is found on the PATH, or by its whole path in the image.', { executable });
  else if (executable.startsWith('-')) refuse('The name of a program does not begin with a dash.', { executable });
  for (const argument of Object.values(data.arguments).flat()) {
    const unknown = placeholders(argument).find((name) => name !== 'model' && name !== 'session');
    if (unknown !== undefined) refuse(`"{${unknown}}" stands for nothing: arguments may hold {model} and {session}.`, { argument });
    if (argument.includes('\0')) refuse('An argument holds no NUL.', {});
  }
  for (const name of [...data.keyNames, ...Object.keys(data.environment)])
    if (fixedVariables.test(name)) refuse(`${name} belongs to the workspace itself. Choose another variable.`, { name });
  const both = [...data.keyNames, ...otherKeys].find((name) => Object.hasOwn(data.environment, name));
  if (both !== undefined) refuse(`${both} is a key: it is given to Forgehold, not written into the definition.`, { name: both });
  for (const domain of data.domains) parsePattern(domain);
  checkUserFiles(data.userFiles);
}

function checkUserFiles(userFiles: AgentDefinitionData['userFiles']): void {
  if (userFiles === undefined) return;
  const { folder, names } = userFiles;
  const [top = ''] = folder.split('/');
  if (!isInside(folder)) refuse('Name the folder below your home, such as ".aider".', { folder });
  // A folder of `.config` is an agent's; `.config` itself is everybody's.
  const wide =
    keyFolders.has(top.toLowerCase()) && !(top === '.config' && folder.split('/').length > 1 && !/^\.config\/(?:gcloud|gh|git|op)(?:\/|$)/i.test(folder));
  if (wide) refuse(`${folder} may hold keys. Name a folder of the agent's own.`, { folder });
  for (const name of names) if (!isInside(name)) refuse('Name files and folders in the folder, without "..".', { name });
}

function isPrintable(text: string): boolean {
  return /^[^\p{Cc}\p{Cf}]*$/u.test(text);
}

/** A relative path that stays where it is, written in the one way. */
function isInside(text: string): boolean {
  return (
    isPrintable(text) &&
    text !== '' &&
    !text.startsWith('/') &&
    !text.startsWith('-') &&
    !text.includes('\\') &&
    !text.split('/').some((part) => ['', '.', '..'].includes(part))
  );
}

function refuse(message: string, details: Record<string, unknown>): never {
  throw new AppError('agents/definition', message, { details });
}

function placeholders(argument: string): string[] {
  return [...argument.matchAll(/\{([a-z]+)\}/g)].map(([, name = '']) => name);
}

/** `{model}` and `{session}` filled in; an argument that holds one nobody knows is left out whole. */
export function fillIn(given: readonly string[], values: { readonly model?: string | undefined; readonly session?: string | undefined }): string[] {
  return given.flatMap((argument) => {
    if (placeholders(argument).some((name) => values[name as keyof typeof values] === undefined)) return [];
    return [argument.replaceAll(/\{(model|session)\}/g, (_, name: keyof typeof values) => values[name] ?? '')];
  });
}

/** As npm reads `os`, `cpu` and `libc`: a list of what fits, or of what does not, with `!`. */
function fits(list: readonly string[], value: string): boolean {
  if (list.length === 0 || list.includes(value)) return true;
  return !list.includes(`!${value}`) && list.every((item) => item.startsWith('!'));
}

/**
 * The package of an agent type, as the tools volume will hold it.
 * @param fingerprint Tells two definitions of the same version apart, so that neither is run for the other.
 * @throws agents/needs-dependencies, agents/platform
 */
export function pinOf(manifest: Manifest, executable: string, fingerprint: string): PinnedTool {
  refuseDependencies(manifest);
  const usable = platforms.filter((platform) => {
    const [os = '', cpu = '', libc = ''] = platform.split('-');
    return fits(manifest.os, os) && fits(manifest.cpu, cpu) && fits(manifest.libc, libc);
  });
  if (usable.length === 0)
    throw new AppError('agents/platform', `${manifest.name} ${manifest.version} is not for Linux containers. Choose the package of that platform.`, {
      details: { package: manifest.name, os: manifest.os, cpu: manifest.cpu, libc: manifest.libc },
    });
  const content = { name: manifest.name, version: manifest.version, integrity: manifest.dist.integrity, root: '', keep: ['./'] };
  return {
    version: manifest.version,
    executable,
    packages: Object.fromEntries(usable.map((platform) => [platform, content])),
    folder: `${manifest.version}-${fingerprint}`,
  };
}

/** What the workspaces slice needs to know of it. */
export function toDefinition(data: AgentDefinitionData): AgentDefinition {
  return {
    agent: data.agent,
    title: data.title,
    keyNames: data.keyNames,
    userFiles: data.userFiles ?? null,
    domains: data.domains,
    environment: { ...agentEnvironment, ...data.environment },
    launch({ tools, version, workingDir, options, session }) {
      const program = programOf(data, tools, version);
      const fresh = [...program, ...argumentsOf(data, 'new', options)];
      const first = session === 'new' || data.arguments[session].length === 0 ? [] : [...program, ...argumentsOf(data, session, options)];
      return startOwn(data.agent, { first, fresh, workingDir, session });
    },
  };
}

function programOf({ agent, program }: AgentDefinitionData, tools: { readonly path: (tool: string, version?: string) => string }, version: string): string[] {
  if (program.kind === 'image') return [program.executable];
  const file = `${tools.path(agent, version)}/${program.executable}`;
  return /\.[cm]?js$/.test(file) ? [`${tools.path('node')}/${pinned('node').executable}`, file] : [file];
}

function argumentsOf({ arguments: given }: AgentDefinitionData, session: Session, { model, skipPermissions, extraArguments }: AgentOptions): string[] {
  const own = [
    ...(session === 'new' ? [] : given[session]),
    ...given.always,
    ...(skipPermissions ? given.skipPermissions : []),
    ...(model === undefined ? [] : given.model),
  ];
  return [...fillIn(own, { model }), ...extraArguments];
}
