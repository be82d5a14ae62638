import { mkdir } from 'node:fs/promises';
import { AppError } from '../../shared/errors.ts';
import type { AgentContainer } from '../agents/types.ts';
import { containerPaths } from '../engine/names.ts';
import type { ContainerInfo, ContainerSpec, Engine, Mount } from '../engine/types.ts';
import type { WallSite } from '../network/types.ts';
import { packContainerFiles } from './container-files.ts';
import { agentContainerSpec, caBundle } from './container-spec.ts';
import { type GitDirOptions, gitMounts, seedGitDir } from './git-dir.ts';
import { confirmProjectPath } from './project-path.ts';
import type { WorkspaceRecord } from './records.ts';
import { readRepository } from './repository.ts';
import type { StepDefinition, StepList } from './steps.ts';
import type { WorkspaceParts } from './types.ts';

export type Up = { readonly containerId: string; readonly startedAt: string };

/** The way of a workspace from nothing, or from stopped, to ready. */
export function stepsOf(parts: Pick<WorkspaceParts, 'registry'>, record: WorkspaceRecord): readonly StepDefinition[] {
  const { title } = parts.registry.definition(record.agent);
  return [
    { id: 'engine', label: 'Check the container engine' },
    { id: 'agent-image', label: 'Make the agent image ready' },
    { id: 'gateway-image', label: 'Make the gateway image ready' },
    { id: 'tools', label: record.agent === 'shell' ? 'Make Node ready' : `Make Node and ${title} ready` },
    { id: 'folders', label: 'Prepare its folders and git' },
    { id: 'wall', label: 'Raise the wall' },
    { id: 'container', label: 'Create the agent container' },
    { id: 'start', label: 'Start it' },
    { id: 'self-test', label: 'Test the wall from inside' },
    { id: 'agent', label: record.agent === 'shell' ? 'Set up the home folder' : `Set up ${title}` },
    { id: 'terminals', label: 'Connect the terminals' },
  ];
}

/**
 * Makes what is missing and starts what stands still. Every step is idempotent, so the same sequence creates, starts and repairs.
 * The agent container is on the private network from the first moment, and gets its key only after the wall has been proven.
 */
export async function bringUp(parts: WorkspaceParts, record: WorkspaceRecord, steps: StepList, signal: AbortSignal): Promise<Up> {
  const user = await steps.run('engine', signal, () => chooseUser(parts));
  const image = await makeReady(parts, record, steps, signal);
  const [mounts, site] = await together(signal, (either) => [
    steps.run('folders', either, () => prepareFolders(parts, record, either)),
    steps.run('wall', either, (report) => raiseWall(parts, record, report, either)),
  ]);
  const containerId = await steps.run('container', signal, async (report) => {
    const spec = describeContainer(parts, record, { image, site, user, mounts });
    const standing = await parts.engine.inspectContainer(spec.name);
    // A container that someone has paused or joined to another network is not as it was made.
    if (standing?.status === 'paused') await parts.engine.stopContainer(standing.id, 1);
    const isOurs = standing !== null && standing.spec === spec.spec && Object.keys(standing.networks).every((name) => name === site.network);
    if (standing && (standing.status === 'running' || isOurs)) return standing.id;
    if (standing) {
      report('It is made anew: its settings, image or network have changed.');
      await parts.engine.removeContainer(standing.id);
    }
    return createAgentContainer(parts, record, spec, site, user);
  });
  const startedAt = await steps.run('start', signal, () => start(parts, containerId));
  await steps.run('self-test', signal, () => testWall(parts, record.workspaceId, signal));
  await together(signal, (either) => [
    steps.run('agent', either, () => parts.home.prepare(agentContainer(record, containerId, user), [record.project.path], either)),
    steps.run('terminals', either, () => parts.terminals.connect(record.workspaceId, containerId)),
  ]);
  return { containerId, startedAt };
}

/** Proves the wall of a workspace whose agent container runs already, from before us or started by someone else. */
export async function verify(parts: WorkspaceParts, record: WorkspaceRecord, container: ContainerInfo, signal: AbortSignal): Promise<void> {
  await raiseWall(parts, record, () => {}, signal);
  await testWall(parts, record.workspaceId, signal);
  // A container that was started anew has lost its tmpfs, and with it the key. One that ran on has what it needs, and a key we no longer have.
  if (record.preparedAt !== container.startedAt)
    await parts.home.prepare(agentContainer(record, container.id, await chooseUser(parts)), [record.project.path], signal);
  await parts.terminals.connect(record.workspaceId, container.id);
}

type User = WorkspaceParts['hostUser'];

/** In a rootless engine the host's user is uid 0 inside. */
export async function chooseUser(parts: Pick<WorkspaceParts, 'engine' | 'hostUser'>): Promise<User> {
  const { rootless } = await parts.engine.info();
  return rootless ? { uid: 0, gid: 0 } : parts.hostUser;
}

export function agentContainer(record: WorkspaceRecord, containerId: string, user: User): AgentContainer {
  return { containerId, workspaceId: record.workspaceId, agent: record.agent, user: `${user.uid}:${user.gid}` };
}

/** Several pieces of work at the same time; the slowest decides. When one fails the others are given up, and waited for. */
async function together<const T extends readonly unknown[]>(
  signal: AbortSignal,
  begin: (either: AbortSignal) => { readonly [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  const failed = new AbortController();
  const all = begin(AbortSignal.any([signal, failed.signal]));
  try {
    return await Promise.all(all);
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(all);
    throw error;
  }
}

async function makeReady(parts: WorkspaceParts, record: WorkspaceRecord, steps: StepList, signal: AbortSignal): Promise<string> {
  const [image] = await together(signal, (either) => [
    steps.run('agent-image', either, (report) => parts.images.ensure('agent', report, either)),
    steps.run('gateway-image', either, (report) => parts.images.ensure('gateway', report, either)),
    steps.run('tools', either, async (report) => {
      await parts.tools.ensure('node', report, either);
      await parts.tools.ensure(record.agent, report, either);
    }),
  ]);
  return image;
}

export function gitOptions(parts: Pick<WorkspaceParts, 'folders'>, record: WorkspaceRecord): Omit<GitDirOptions, 'repository'> {
  const place = { projectId: record.projectId, name: record.project.name };
  return {
    workspaceId: record.workspaceId,
    project: record.project.path,
    target: parts.folders.gitDir(place, record.workspaceId),
    masks: `${parts.folders.workspace(record.workspaceId)}/masks`,
  };
}

async function prepareFolders(parts: WorkspaceParts, record: WorkspaceRecord, signal: AbortSignal): Promise<readonly Mount[]> {
  await confirmProjectPath(record.project.path);
  const home = parts.folders.home(record.workspaceId);
  await mkdir(home, { recursive: true, mode: 0o700 });
  const git = { ...gitOptions(parts, record), repository: await readRepository(record.project.path, signal) };
  await seedGitDir(git, signal);
  return [
    { kind: 'bind', source: record.project.path, target: record.project.path, readOnly: false },
    { kind: 'bind', source: home, target: containerPaths.home, readOnly: false },
    parts.tools.mount(),
    ...(await gitMounts(git)),
  ];
}

/** A new wall gets the mode that was asked for and the domains of the agent; one that stands keeps what the user made of it. */
async function raiseWall(parts: WorkspaceParts, record: WorkspaceRecord, report: (line: string) => void, signal: AbortSignal): Promise<WallSite> {
  const { workspaceId, projectId } = record;
  const isNew = record.phase === 'creating';
  const mode = isNew ? record.mode : parts.wall.mode(workspaceId);
  const site = await parts.wall.raise({ projectId, workspaceId, mode }, report, signal);
  if (!isNew) return site;
  const present = new Set(parts.wall.rules(workspaceId).map((rule) => rule.pattern));
  const missing = parts.registry.definition(record.agent).domains.filter((pattern) => !present.has(pattern));
  // Those added at once go to the gateway as one.
  await Promise.all(missing.map((pattern) => parts.wall.addRule(workspaceId, pattern, { allowPrivate: false, addedBy: 'agent' })));
  return site;
}

function describeContainer(
  parts: WorkspaceParts,
  record: WorkspaceRecord,
  made: { readonly image: string; readonly site: WallSite; readonly user: User; readonly mounts: readonly Mount[] },
): ContainerSpec {
  return agentContainerSpec({
    ...made,
    record,
    path: [`${parts.tools.path('node')}/bin`],
    environment: parts.registry.definition(record.agent).environment,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
}

type ImageFiles = { readonly passwd: string; readonly group: string; readonly certificates: string };
/** By image id, which names a content. To read a file of a container that does not run, the engine mounts it: 0.1 s each. */
const imageFiles = new Map<string, ImageFiles>();

async function readImageFiles(engine: Engine, containerId: string): Promise<ImageFiles> {
  const imageId = (await engine.inspectContainer(containerId))?.imageId;
  const known = imageId === undefined ? undefined : imageFiles.get(imageId);
  if (known) return known;
  const read = async (path: string): Promise<string> => Buffer.from(await engine.readFile(containerId, path, 8 * 1024 * 1024)).toString();
  const [passwd, group, certificates] = await Promise.all([read('/etc/passwd'), read('/etc/group'), read(caBundle)]);
  const files = { passwd, group, certificates };
  if (imageId !== undefined) imageFiles.set(imageId, files);
  return files;
}

async function createAgentContainer(parts: WorkspaceParts, record: WorkspaceRecord, spec: ContainerSpec, site: WallSite, user: User): Promise<string> {
  const { engine } = parts;
  const id = await engine.createContainer(spec);
  try {
    const { passwd, group, certificates } = await readImageFiles(engine, id);
    const files = await packContainerFiles({ passwd, group, certificates, caCertificate: site.caCertificate, user, path: spec.env['PATH'] ?? '' });
    await engine.putArchive(id, files, '/');
    return id;
  } catch (error) {
    // Without its files it must not be found and started by a later try.
    await engine.removeContainer(id);
    throw error;
  }
}

async function start(parts: WorkspaceParts, containerId: string): Promise<string> {
  await parts.engine.startContainer(containerId);
  const info = await parts.engine.inspectContainer(containerId);
  if (info?.status === 'running') return info.startedAt;
  throw new AppError('workspace/ended-at-once', 'The agent container ended as soon as it was started. The image may not fit this machine.', {
    details: { containerId, exitCode: info?.exitCode, status: info?.status },
  });
}

async function testWall(parts: WorkspaceParts, workspaceId: string, signal: AbortSignal): Promise<void> {
  const report = await parts.wall.test(workspaceId, signal);
  if (report.passed) return;
  const failed = report.attempts.filter((attempt) => attempt.result === 'failed');
  throw new AppError(
    'workspace/wall-not-proven',
    `The wall does not hold: ${failed.map((attempt) => attempt.label).join('; ')}. The workspace was stopped, so that nothing gets out.`,
    { details: { attempts: failed } },
  );
}
