import { posix } from 'node:path';
import { fileOptionsSchema } from '../../../shared/model/project-file.ts';
import { describeIssue, isObject, type Rules, shellLine, shown, type Understood, withoutForbidden } from './understand.ts';

/** Entries that mean nothing for a container that runs an agent. */
const silent = new Set([
  'name',
  '$schema',
  'customizations',
  'overrideFeatureInstallOrder',
  'userEnvProbe',
  'waitFor',
  'shutdownAction',
  'workspaceMount',
  'secrets',
]);

/** What does not map, each with what the user is told. @see https://containers.dev/implementors/json_reference/ */
const reasons: ReadonlyMap<string, string> = new Map([
  ['build', 'It builds an image from a Dockerfile. Build it yourself, and name the image in the workspace.'],
  ['dockerFile', 'It builds an image from a Dockerfile. Build it yourself, and name the image in the workspace.'],
  ['dockerComposeFile', 'It starts several containers with Compose. Forgehold starts the agent’s alone.'],
  ['features', 'It adds features, which are installed with root’s power. Put what they install into an image of your own.'],
  ['privileged', 'It asks for a privileged container. That is never given: it would take the wall down.'],
  ['runArgs', 'It has arguments for the container engine (runArgs). They are not used.'],
  ['capAdd', 'It asks for more capabilities. An agent’s container has none.'],
  ['securityOpt', 'It changes the container’s security. That stays as it is.'],
  ['init', 'It asks for an init process. There is one already.'],
  ['mounts', 'It asks for mounts. Add folders of this computer to the workspace yourself, if you want that.'],
  ['forwardPorts', 'It forwards ports. Nothing is forwarded by a file.'],
  ['appPort', 'It publishes ports. Nothing is published by a file.'],
  ['portsAttributes', 'It describes forwarded ports. Nothing is forwarded by a file.'],
  ['otherPortsAttributes', 'It describes forwarded ports. Nothing is forwarded by a file.'],
  ['initializeCommand', 'It has a command for this computer (initializeCommand). That is never run.'],
  ['onCreateCommand', 'It has an onCreateCommand. Only postCreateCommand is run.'],
  ['updateContentCommand', 'It has an updateContentCommand. Only postCreateCommand is run.'],
  ['postStartCommand', 'It has a postStartCommand. Only postCreateCommand is run.'],
  ['postAttachCommand', 'It has a postAttachCommand. Only postCreateCommand is run.'],
  ['remoteUser', 'It names a user. The agent has your user’s ids.'],
  ['containerUser', 'It names a user. The agent has your user’s ids.'],
  ['updateRemoteUserUID', 'It says how a user’s id is changed. The agent has your user’s ids anyway.'],
  ['overrideCommand', 'It says whether the image’s own command runs. The agent’s container has Forgehold’s.'],
]);

type Reader = { readonly project: string; readonly notes: string[]; folder: string };

/**
 * `devcontainer.json`, as far as it maps: image, variables, postCreateCommand, workspaceFolder, hostRequirements.
 * @param project Path of the project, the same on both sides.
 */
export function understandDevcontainer(value: unknown, project: string, rules: Rules): Understood {
  if (!isObject(value)) return { problem: 'It is no JSON object.' };
  const reader: Reader = { project, notes: [], folder: project };
  const { notes } = reader;
  const workingFolder = readFolder(value['workspaceFolder'], reader);
  const env = { ...readVariables(value['containerEnv'], 'containerEnv', reader), ...readVariables(value['remoteEnv'], 'remoteEnv', reader) };
  const image = typeof value['image'] === 'string' ? fillIn(value['image'], 'image', reader) : undefined;
  const asked = {
    ...(image != null && { image }),
    ...(workingFolder !== undefined && { workingFolder }),
    ...(Object.keys(env).length > 0 && { env }),
    ...readRequirements(value['hostRequirements'], notes),
  };
  const postCreate = readCommands(value['postCreateCommand'], reader);
  const mapped = new Set(['image', 'workspaceFolder', 'containerEnv', 'remoteEnv', 'hostRequirements', 'postCreateCommand']);
  for (const name of Object.keys(value)) {
    if (mapped.has(name) || silent.has(name)) continue;
    notes.push(reasons.get(name) ?? `It has an entry ${shown(name)}, which is not used here.`);
  }
  const parsed = fileOptionsSchema.safeParse(asked);
  if (!parsed.success) return { problem: describeIssue(parsed.error) };
  return {
    asks: { options: withoutForbidden(parsed.data, rules, notes), ...(postCreate.length > 0 && { postCreate }) },
    notes: [...new Set(notes)],
  };
}

/** Values of variables are texts; null takes one away there, which means nothing before any is set. */
function readVariables(given: unknown, name: string, reader: Reader): Record<string, string> {
  if (given === undefined) return {};
  if (!isObject(given)) {
    reader.notes.push(`${name} is no list of variables.`);
    return {};
  }
  const entries = Object.entries(given).flatMap(([key, value]) => {
    const filled = typeof value === 'string' ? fillIn(value, `${name}.${key}`, reader) : null;
    return filled === null ? [] : [[key, filled] as const];
  });
  return Object.fromEntries(entries);
}

/** A folder outside the project does not exist in the container. */
function readFolder(given: unknown, reader: Reader): string | undefined {
  if (typeof given !== 'string') return undefined;
  const filled = fillIn(given, 'workspaceFolder', reader);
  if (filled === null) return undefined;
  const folder = posix.normalize(filled).replace(/(?<=.)\/$/, '');
  if (folder === reader.project || folder.startsWith(`${reader.project}/`)) {
    reader.folder = folder;
    return folder;
  }
  reader.notes.push('It names a folder for the project in the container. The project lies at the same path as on this computer.');
  return undefined;
}

/** Null: it holds something that has no value here, and is left out whole. */
function fillIn(text: string, place: string, { project, folder, notes }: Reader): string | null {
  let open = false;
  const filled = text.replaceAll(/\$\{([^}]*)\}/g, (all, name: string) => {
    if (name === 'localWorkspaceFolder') return project;
    if (name === 'containerWorkspaceFolder') return folder;
    if (name === 'localWorkspaceFolderBasename' || name === 'containerWorkspaceFolderBasename')
      return posix.basename(name.startsWith('local') ? project : folder);
    open = true;
    notes.push(
      name.startsWith('localEnv:') || name.startsWith('env:')
        ? `${shown(place)} asks for a variable of this computer. It is not given.`
        : `${shown(place)} holds ${shown(all)}, which has no value here.`,
    );
    return '';
  });
  return open ? null : filled;
}

/** One command, as a line or as words, or several by name: those run one after the other. */
function readCommands(given: unknown, reader: Reader): string[] {
  if (given === undefined || given === '') return [];
  const all = isObject(given) ? Object.values(given) : [given];
  return all.flatMap((command) => {
    const isWords = Array.isArray(command) && command.every((word) => typeof word === 'string');
    if (typeof command !== 'string' && !isWords) {
      reader.notes.push('postCreateCommand is no command. It is not run.');
      return [];
    }
    // Filled in before words are quoted: a path may hold what a shell would read.
    const words = (isWords ? command : [command]).map((word) => fillIn(word, 'postCreateCommand', reader));
    if (words.includes(null)) return [];
    const line = isWords ? shellLine(words as string[]) : (words[0] ?? '');
    return line === '' || line.length > 4096 ? [] : [line];
  });
}

/** They are the least the project needs; here they become what the workspace gets. */
function readRequirements(given: unknown, notes: string[]): { cpus?: number; memoryMb?: number } {
  if (!isObject(given)) return {};
  if (given['storage'] !== undefined || given['gpu'] !== undefined) notes.push('It asks for storage or a GPU. Forgehold gives out CPUs and memory only.');
  const { cpus, memory } = given;
  const [, amount, unit = 'b'] = (typeof memory === 'string' && /^(\d{1,15})(b|kb|mb|gb|tb)?$/i.exec(memory.trim())) || [];
  const power = ['b', 'kb', 'mb', 'gb', 'tb'].indexOf(unit.toLowerCase());
  return {
    ...(typeof cpus === 'number' && cpus > 0 && { cpus }),
    ...(amount !== undefined && { memoryMb: Math.max(256, Math.ceil((Number(amount) * 1024 ** power) / 1024 ** 2)) }),
  };
}
