import type { LiveState } from '../../electron/ipc/live-state.ts';
import type { Step } from '../../shared/model/step.ts';
import type { Workspace, WorkspaceState } from '../../shared/model/workspace.ts';
import { makeProject, makeWorkspace } from './sample-state.ts';

const time = '2026-01-01T00:00:00Z';
const labels = ['Look at the folder', 'Make ready the images', 'Install the agent', 'Build the wall', 'Start the container', 'Test the wall'];

/** A list of steps with the one of this number going on, or failed. */
function stepsAt(at: number, state: 'running' | 'failed', detail: string): Step[] {
  return labels.map((label, index) => {
    const step = { id: `step-${index}`, label, state: index < at ? ('done' as const) : ('waiting' as const) };
    return index === at ? { ...step, state, detail, progress: 0.65, startedAt: time } : step;
  });
}

const noRoom = 'The disk is full: 0.4 GB are free, 2 GB are needed. Free some, then try again.';

/** Every state a workspace can have, by a name; those too that are hard to bring about. */
export const stagedStates = {
  running: { kind: 'running', since: time },
  stopped: { kind: 'stopped' },
  creating: { kind: 'creating', steps: stepsAt(2, 'running', 'Downloaded 61 of 94 MB') },
  failed: {
    kind: 'failed',
    error: { code: 'workspace/no-room', message: noRoom, details: { log: 'write: no space left on device' } },
    steps: stepsAt(1, 'failed', noRoom),
  },
  crashing: { kind: 'crashing', restarts: 7, exitCode: 137, outOfMemory: true, lines: ['Starting the server', 'Loading 3,000 files', 'Killed'] },
  ended: { kind: 'stopped', exitCode: 1, reason: 'Its container ended by itself with exit code 1. Its last line: cannot open /srv/config.' },
  recreating: { kind: 'recreating', steps: stepsAt(4, 'running', 'Waiting for the container') },
  starting: { kind: 'starting', steps: stepsAt(3, 'running', 'Waiting for the gateway') },
  stopping: { kind: 'stopping' },
  removing: { kind: 'removing' },
  unknown: { kind: 'unknown', reason: 'Docker does not answer.' },
} as const satisfies Record<string, WorkspaceState>;

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}

/** Puts `count` projects with a workspace each into the live state, in every state by turns; the third of each eight has two, the fourth none. Answers the workspaces. */
export function stage(live: LiveState, count: number): Workspace[] {
  const names = Object.keys(stagedStates) as (keyof typeof stagedStates)[];
  const workspaces: Workspace[] = [];
  for (let at = 0; at < count; at += 1) {
    const projectId = hex(0x100 + at, 12);
    const state = names[at % names.length]!;
    const name = `${state}-${hex(at, 2)}`;
    const clone = at % 8 === 3 ? { kind: 'clone' as const, url: `https://a-rather-long-name-of-a-host.fieldnotes.example/robin/${name}` } : {};
    live.putProject(projectId, makeProject({ projectId, name, ...clone, usedAt: new Date(Date.UTC(2026, 0, 1) - at * 3_600_000).toISOString() }));
    if (at % 8 === 3) continue;
    for (let copy = 0; copy <= (at % 8 === 2 ? 1 : 0); copy += 1) {
      const up = state === 'running';
      const workspace = makeWorkspace({
        workspaceId: hex(0x1000 + at * 2 + copy, 8),
        projectId,
        name: copy === 0 ? 'Claude Code' : 'Claude Code 2',
        state: stagedStates[state],
        wall: up ? { kind: 'standing', testedAt: time, passed: 31, total: 31 } : { kind: 'off' },
      });
      live.putWorkspace(workspace.workspaceId, workspace);
      workspaces.push(workspace);
    }
  }
  return workspaces;
}
