import type { Snapshot } from '../../../shared/model/snapshot.ts';
import type { Route } from '../../lib/route.ts';

export type GuideStep = {
  readonly id: 'engine' | 'images' | 'project' | 'key' | 'workspace';
  readonly state: 'done' | 'now' | 'later' | 'bad';
  readonly title: string;
  /** What it is for, or what to do. */
  readonly say: string;
  /** Where it is done. */
  readonly go?: { readonly label: string; readonly route: Route };
};

type Known = Pick<Snapshot, 'engine' | 'preparation' | 'projects' | 'workspaces' | 'agents'>;

/** What stands between a fresh start and an agent at work, in order. Computed from the live state alone: nothing has to be remembered. */
export function guideSteps(known: Known): readonly GuideStep[] {
  return [engineStep(known), imagesStep(known), projectStep(known), keyStep(known), workspaceStep(known)];
}

const doctor = { label: 'Open the doctor', route: { page: 'settings', section: 'doctor' } } as const;

function engineStep({ engine }: Known): GuideStep {
  const title = 'Docker answers';
  switch (engine.kind) {
    case 'connected':
      return { id: 'engine', state: 'done', title, say: `Version ${engine.version}${engine.rootless ? ', rootless' : ''}.` };
    case 'connecting':
      return { id: 'engine', state: 'now', title, say: `Connecting to ${engine.endpoint}…` };
    case 'unreachable':
      return {
        id: 'engine',
        state: 'bad',
        title: 'Docker does not answer',
        say: `${engine.reason} Workspaces are its containers. Forgehold keeps trying.`,
        go: doctor,
      };
  }
}

function imagesStep({ engine, preparation }: Known): GuideStep {
  const failed = preparation.find((step) => step.state === 'failed');
  if (failed) return { id: 'images', state: 'bad', title: failed.label, say: failed.detail ?? 'It failed.', go: doctor };
  const open = preparation.find((step) => step.state === 'running') ?? preparation.find((step) => step.state === 'waiting');
  const title = 'Images are ready';
  if (engine.kind !== 'connected') return { id: 'images', state: 'later', title, say: 'Made once Docker answers; the first time that takes a few minutes.' };
  if (open) return { id: 'images', state: 'now', title: open.label, say: 'It goes on by itself. You can add a project meanwhile.' };
  return { id: 'images', state: 'done', title, say: 'What containers are made from is on this computer.' };
}

function projectStep({ projects }: Known): GuideStep {
  const title = 'Add a project';
  if (projects.length > 0)
    return {
      id: 'project',
      state: 'done',
      title: 'A project',
      say: projects
        .map((project) => project.name)
        .slice(0, 3)
        .join(', '),
    };
  return {
    id: 'project',
    state: 'now',
    title,
    say: 'A folder of this computer, or a repository by its URL.',
    go: { label: 'Add a project…', route: { page: 'projects', sheet: { kind: 'add' } } },
  };
}

function keyStep({ agents }: Known): GuideStep {
  const withKey = agents.filter((agent) => agent.keyName !== undefined && agent.keyPresent);
  if (withKey.length > 0) return { id: 'key', state: 'done', title: 'A key for the agent', say: `Set for ${withKey.map((agent) => agent.title).join(', ')}.` };
  return {
    id: 'key',
    state: 'later',
    title: 'A key for the agent, or a sign-in',
    say: 'Give an API key here or when you create a workspace, or sign in from its terminal.',
    go: { label: 'Set a key…', route: { page: 'settings', section: 'agents' } },
  };
}

function workspaceStep({ projects, workspaces }: Known): GuideStep {
  const title = 'The first workspace';
  if (workspaces.length > 0) return { id: 'workspace', state: 'done', title, say: 'A container, a tested wall around it, and your agent in a terminal.' };
  const project = projects.find((item) => item.present);
  const say = 'A container for one agent, with a wall around its network that is tested before the agent starts.';
  if (!project) return { id: 'workspace', state: 'later', title, say };
  return {
    id: 'workspace',
    state: 'now',
    title,
    say,
    go: { label: 'Create workspace', route: { page: 'projects', sheet: { kind: 'create', projectId: project.projectId } } },
  };
}
