import { AppError } from '../../shared/errors.ts';
import { describeWallFailure } from '../../shared/wall-failure.ts';
import type { AgentContainer } from '../agents/types.ts';
import type { ContainerInfo, ContainerSpec } from '../engine/objects.ts';
import type { WallSite } from '../network/types.ts';
import { agentContainerSpec, type SpecParts } from './container-spec.ts';
import { prepareExtras } from './extras.ts';
import { chooseUser, type HostUser } from './host-user.ts';
import { addDomains, listAllowed } from './live-options.ts';
import { makeAgentContainer } from './make-container.ts';
import { findStaleMounts, type MountSource, refuseStaleMounts } from './mounts.ts';
import { limitsOf } from './options.ts';
import { type Place, type PlaceParts, placeOf } from './place.ts';
import { placeContainer, type Replacement } from './placement.ts';
import { runPostCreate } from './post-create.ts';
import { type Started, startAndWatch } from './ready.ts';
import type { WorkspaceRecord } from './records.ts';
import type { Report, StepDefinition, StepList } from './steps.ts';
import type { WorkspaceParts } from './types.ts';
import { requireWorkingFolder, workingFolders } from './working-folder.ts';

/** Seconds an agent has to save its work when it is stopped; then it is killed. */
export const STOP_GRACE = 30;

export type Up = {
  readonly containerId: string;
  readonly startedAt: string;
  /** Where the sources of its mounts led. */
  readonly mountSources: readonly MountSource[];
  /** What the project's own preparation failed with; null: it went well; undefined: nothing was run. */
  readonly warning: string | null | undefined;
};

/** The way of a workspace from nothing, or from stopped, to ready. */
export function stepsOf(parts: PlaceParts & Pick<WorkspaceParts, 'registry'>, record: WorkspaceRecord): readonly StepDefinition[] {
  const title = parts.registry.title(record.agent);
  const { fill } = placeOf(parts, record);
  return [
    { id: 'engine', label: 'Check the container engine' },
    { id: 'agent-image', label: record.effective.image === '' ? 'Make the agent image ready' : `Make the image ${record.effective.image} ready` },
    { id: 'gateway-image', label: 'Make the gateway image ready' },
    { id: 'tools', label: record.agent === 'shell' ? 'Make Node ready' : `Make Node and ${title} ready` },
    { id: 'folders', label: 'Prepare its folders and git' },
    { id: 'wall', label: 'Raise the wall' },
    { id: 'container', label: 'Create the agent container' },
    { id: 'start', label: 'Start it' },
    { id: 'self-test', label: 'Test the wall from inside' },
    ...(fill ? [fill.step] : []),
    { id: 'agent', label: record.agent === 'shell' ? 'Set up the home folder' : `Set up ${title}` },
    { id: 'terminals', label: 'Connect the terminals' },
    ...(record.postCreate?.length ? [{ id: 'post-create', label: "Run the project's own preparation" }] : []),
  ];
}

/**
 * Makes what is missing and starts what stands still. Every step is idempotent, so the same sequence creates, starts and repairs.
 * The agent container is on the private network from the first moment, and gets its key only after the wall has been proven.
 */
export async function bringUp(parts: WorkspaceParts, record: WorkspaceRecord, steps: StepList, signal: AbortSignal, replacement: Replacement): Promise<Up> {
  const { workspaceId } = record;
  const place = placeOf(parts, record);
  const user = await steps.run('engine', signal, () => chooseUser(parts));
  const image = await makeReady(parts, record, steps, signal);
  const [[mounts, extras], site] = await together(signal, (either) => [
    steps.run('folders', either, async () => {
      if (record.phase === 'ready' && !replacement.force) refuseStaleMounts(await findStaleMounts(record.mountSources));
      return [await place.prepare(either), await prepareExtras(parts, record)] as const;
    }),
    steps.run('wall', either, (report) => raiseWall(parts, record, place, report, either)),
  ]);
  const { containerId, old } = await steps.run('container', signal, async (report) => {
    const all = [...mounts, parts.tools.mount(), ...extras.mounts];
    const spec = describeContainer(parts, record, { image, site, user, mounts: all, workingDir: place.workingDir, env: extras.env });
    const made = { site, user, owned: [...place.owned, ...extras.owned], isOwnImage: image.path !== undefined };
    const make = (own: ContainerSpec): Promise<string> => makeAgentContainer(parts, record, own, made);
    const placed = await placeContainer(parts.engine, record, { spec, make, replacement, report });
    await parts.engine.updateContainer(placed.containerId, limitsOf(record.effective));
    return placed;
  });
  const started = await steps.run('start', signal, async (report) => {
    if (old !== null) {
      report('The old container is stopped first: the agent has 30 s.');
      parts.terminals.disconnect(workspaceId, 'stopped');
      await parts.engine.stopContainer(old.id, STOP_GRACE);
    }
    return startAndWatch(parts.engine, containerId);
  });
  try {
    await steps.run('self-test', signal, () => proveWall(parts, workspaceId, started, signal));
    const container = agentContainer(record, containerId, user);
    const { fill } = place;
    if (fill) await steps.run(fill.step.id, signal, (report) => fill.run(container, report, signal));
    await together(signal, (either) => [
      steps.run('agent', either, async () => {
        await requireWorkingFolder(parts.engine, container, record);
        await parts.home.prepare(container, workingFolders(record), either);
      }),
      steps.run('terminals', either, () => parts.terminals.connect(workspaceId, containerId)),
    ]);
    const warning = await prepareProject(parts, record, container, steps, signal);
    return { containerId, startedAt: started.startedAt, mountSources: extras.sources, warning };
  } finally {
    started.close();
  }
}

/** A project whose own preparation fails has a workspace all the same: there it can be mended. */
async function prepareProject(
  parts: WorkspaceParts,
  record: WorkspaceRecord,
  container: AgentContainer,
  steps: StepList,
  signal: AbortSignal,
): Promise<Up['warning']> {
  const lines = record.postCreate ?? [];
  if (lines.length === 0) return undefined;
  try {
    return await steps.run('post-create', signal, (report) =>
      runPostCreate(parts.engine, container, { lines, workingDir: record.project.path }, report, signal),
    );
  } catch (error) {
    if (error instanceof AppError && error.code === 'workspace/post-create') return error.message;
    throw error;
  }
}

/** Proves the wall of a workspace whose agent container runs already, from before us or started by someone else. */
export async function verify(parts: WorkspaceParts, record: WorkspaceRecord, container: ContainerInfo, signal: AbortSignal): Promise<void> {
  const place = placeOf(parts, record);
  await raiseWall(parts, record, place, () => {}, signal);
  await testWall(parts, record.workspaceId, signal);
  // A container that was started anew has lost its tmpfs, and with it the key. One that ran on has what it needs, and a key we no longer have.
  if (record.preparedAt !== container.startedAt) {
    await ensureTools(parts, record, () => {}, signal);
    const agent = agentContainer(record, container.id, await chooseUser(parts));
    await place.fill?.run(agent, () => {}, signal);
    await parts.home.prepare(agent, workingFolders(record), signal);
  }
  await parts.terminals.connect(record.workspaceId, container.id);
}

export function agentContainer(record: WorkspaceRecord, containerId: string, user: HostUser): AgentContainer {
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

/** Node and npm, and the agent's CLI in the version that this workspace has. */
async function ensureTools({ tools }: Pick<WorkspaceParts, 'tools'>, record: WorkspaceRecord, report: Report, signal: AbortSignal): Promise<void> {
  for (const tool of ['node', 'npm']) await tools.ensure(tool, report, signal);
  await tools.ensure(record.agent, report, signal, record.effective.agentVersion);
}

type ReadyImage = SpecParts['image'];

async function makeReady(parts: WorkspaceParts, record: WorkspaceRecord, steps: StepList, signal: AbortSignal): Promise<ReadyImage> {
  const { image: wanted } = record.effective;
  const [image] = await together(signal, (either) => [
    steps.run('agent-image', either, async (report): Promise<ReadyImage> => {
      if (wanted !== '') return parts.ownImages.ensure(wanted, report, either);
      return { reference: await parts.images.ensure('agent', report, either) };
    }),
    steps.run('gateway-image', either, (report) => parts.images.ensure('gateway', report, either)),
    steps.run('tools', either, (report) => ensureTools(parts, record, report, either)),
  ]);
  return image;
}

/** A new wall gets the mode that was asked for and the domains of the agent; one that stands keeps what the user made of it. */
export async function raiseWall(
  parts: WorkspaceParts,
  record: WorkspaceRecord,
  place: Place,
  report: (line: string) => void,
  signal: AbortSignal,
): Promise<WallSite> {
  const { workspaceId, projectId } = record;
  const isNew = record.phase === 'creating';
  const mode = isNew ? record.effective.mode : parts.wall.mode(workspaceId);
  const site = await parts.wall.raise({ projectId, workspaceId, mode, projectFolder: record.project.path }, report, signal);
  if (!isNew) return site;
  const present = listAllowed(parts.wall.rules(workspaceId));
  const ofAgent = parts.registry.definition(record.agent).domains.map((pattern) => ({ pattern, addedBy: 'agent' as const }));
  const ofProject = place.domains.map((pattern) => ({ pattern, addedBy: 'project' as const }));
  const missing = [...ofProject, ...ofAgent].filter(({ pattern }) => !present.has(pattern));
  // Those added at once go to the gateway as one.
  await Promise.all([
    parts.wall.addRules(
      { workspaceId },
      missing.map((rule) => ({ ...rule, allowPrivate: false })),
    ),
    addDomains(parts, workspaceId, record.effective.domains),
  ]);
  return site;
}

function describeContainer(
  parts: WorkspaceParts,
  record: WorkspaceRecord,
  made: Pick<SpecParts, 'image' | 'site' | 'user' | 'mounts' | 'workingDir'> & { readonly env: Readonly<Record<string, string>> },
): ContainerSpec {
  return agentContainerSpec({
    ...made,
    record,
    path: [`${parts.tools.path('node')}/bin`],
    npm: parts.tools.path('npm'),
    environment: { ...parts.registry.definition(record.agent).environment, ...made.env },
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
}

/** Tests the wall while the container shows whether it stays up. When it does not, that is what is said, not how the test broke. */
async function proveWall(parts: WorkspaceParts, workspaceId: string, started: Started, signal: AbortSignal): Promise<void> {
  try {
    await together(signal, (either) => [testWall(parts, workspaceId, either), started.steady(either)]);
  } catch (error) {
    if (signal.aborted || (error instanceof AppError && error.code === 'workspace/wall-not-proven')) throw error;
    throw (await started.explainEnd()) ?? error;
  }
}

async function testWall(parts: WorkspaceParts, workspaceId: string, signal: AbortSignal): Promise<void> {
  const report = await parts.wall.test(workspaceId, signal);
  if (report.passed) return;
  const failed = report.attempts.filter((attempt) => attempt.result === 'failed');
  throw new AppError(
    'workspace/wall-not-proven',
    `The wall does not hold: ${describeWallFailure(failed)}. The workspace was stopped, so that nothing gets out.`,
    { details: { attempts: failed } },
  );
}
