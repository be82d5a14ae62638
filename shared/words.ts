import { assertNever } from './errors.ts';
import { plural } from './format.ts';
import type { Blocked, Decision } from './model/domain.ts';
import type { Project } from './model/project.ts';
import type { Step } from './model/step.ts';
import type { Terminal } from './model/terminal.ts';
import type { NetworkMode } from './model/workspace-parts.ts';
import type { Workspace } from './model/workspace.ts';

/** Shapes of the state glyph: `.st` of base.css. */
export type GlyphKind = 'needs' | 'done' | 'working' | 'starting' | 'idle' | 'held' | 'stopped' | 'failed' | 'none';
export type Tone = '' | 'dim' | 'warn' | 'bad' | 'ok' | 'faint' | 'acc';

/** A state in words: what the glyph, the row and the reader of the screen are told. */
export type Telling = {
  readonly glyph: GlyphKind;
  readonly word: string;
  readonly tone: Tone;
  readonly detail: string;
  /** 0 to 1, of a wait. */
  readonly progress?: number;
  /** The owner has to do something. */
  readonly attention: boolean;
};

/** What programs call themselves in a terminal's title. */
const programNames: ReadonlySet<string> = new Set(['Claude Code', 'Codex', 'Shell']);
export const modeNames = { restricted: 'Restricted', learning: 'Learning', full: 'Full', none: 'None' } as const satisfies Record<NetworkMode, string>;

export const modeMeaning = {
  restricted: 'Only names on its list get out. All else is blocked and asks.',
  learning: 'Every public name gets out for an hour, and is logged. Then it proposes a list.',
  full: 'Every public name gets out, and is logged.',
  none: 'Nothing gets out.',
} as const satisfies Record<NetworkMode, string>;

type Parts = Partial<Telling>;
function tell(glyph: GlyphKind, word: string, parts: Parts = {}): Telling {
  return { glyph, word, tone: 'dim', detail: '', attention: false, ...parts };
}

/** `total`: how many names were blocked, when that is more than is known of them. */
export function describeWorkspace(workspace: Workspace, terminals: readonly Terminal[], blocked: readonly Blocked[], total = blocked.length): Telling {
  const { state } = workspace;
  switch (state.kind) {
    case 'creating':
      return describeWait('Creating', state.steps);
    case 'starting':
      return describeWait('Starting', state.steps);
    case 'running':
      return describeRunning(workspace, terminals, blocked, total);
    case 'paused':
      return tell('held', 'Paused', { tone: '', detail: 'Its programs stand still and keep their memory' });
    case 'recreating':
      return describeWait('Recreating', state.steps);
    case 'crashing':
      return tell('failed', 'Crash loop', {
        tone: 'bad',
        detail: state.outOfMemory ? 'Out of memory' : `Ends with exit code ${state.exitCode}, ${state.restarts} times`,
        attention: true,
      });
    case 'stopping':
      return tell('working', 'Stopping', { tone: '', detail: 'The agent has up to 30 s' });
    case 'stopped':
      if (workspace.staleMounts.length > 0) {
        return tell('failed', 'A mount changed', { tone: 'bad', detail: workspace.staleMounts.join(', '), attention: true });
      }
      return tell('stopped', 'Stopped', { detail: state.reason ?? '', tone: state.reason ? '' : 'dim' });
    case 'failed':
      return tell('failed', 'Failed', { tone: 'bad', detail: state.error.message, attention: true });
    case 'removing':
      return tell('working', 'Removing', { tone: '' });
    case 'unknown':
      return tell('none', 'Unknown', { detail: state.reason });
    default:
      return assertNever(state);
  }
}

function describeWait(word: string, steps: readonly Step[]): Telling {
  const at = steps.findIndex((step) => step.state === 'running');
  const current = steps[at];
  const done = steps.filter((step) => step.state === 'done' || step.state === 'skipped').length;
  if (!current) return tell('starting', word, { tone: '', progress: steps.length > 0 ? done / steps.length : 0 });
  return tell('starting', `${word}, step ${at + 1} of ${steps.length}`, {
    tone: '',
    detail: lastLine(current.detail) || current.label,
    progress: (done + (current.progress ?? 0)) / steps.length,
  });
}

function lastLine(text: string | undefined): string {
  return text?.trimEnd().split('\n').at(-1) ?? '';
}

function describeRunning(workspace: Workspace, terminals: readonly Terminal[], blocked: readonly Blocked[], total: number): Telling {
  const { wall } = workspace;
  if (wall.kind === 'down') return tell('failed', 'No network', { tone: 'bad', detail: wall.reason, attention: true });
  if (blocked.length > 0) {
    const detail = blocked.map((item) => item.host).join(', ');
    return tell('needs', `${plural(total, 'domain')} blocked`, { tone: 'warn', detail, attention: true });
  }
  if (workspace.warning !== undefined) return tell('idle', 'Running', { tone: 'warn', detail: workspace.warning.split('\n')[0] ?? '' });
  const alive = terminals.filter(isAlive);
  const agent = alive.find((terminal) => terminal.kind === 'agent');
  if (agent) return tell('idle', 'Running', { tone: '', detail: titleOf(agent) || workspace.agentTitle });
  const ended = terminals.find((terminal) => terminal.kind === 'agent' && terminal.state.kind === 'exited');
  if (ended) return tell('idle', 'Running', { detail: `Agent ${describeExit(ended)}` });
  return tell('idle', 'Running', { detail: alive.length > 0 ? plural(alive.length, 'shell') : 'No terminal is open' });
}

export function isAlive(terminal: Terminal): boolean {
  return terminal.state.kind === 'connected' || terminal.state.kind === 'background';
}

function describeExit(terminal: Terminal): string {
  if (terminal.state.kind !== 'exited') return '';
  return terminal.state.exitCode === undefined ? 'ended' : `exited ${terminal.state.exitCode}`;
}

/** The title a program gave its terminal; none when it only says the program's name, with or without a mark before it. */
export function titleOf({ title }: Pick<Terminal, 'title'>): string {
  const words = title.replace(/^[^\p{L}\p{N}]+/u, '').trim();
  return programNames.has(words) ? '' : title;
}

export function terminalName(terminal: Terminal, workspace: Workspace): string {
  return terminal.kind === 'agent' ? workspace.agentTitle : 'Shell';
}

export function describeTerminal(terminal: Terminal): Telling {
  const alive = terminal.kind === 'agent' ? ('idle' as const) : ('stopped' as const);
  switch (terminal.state.kind) {
    case 'connected':
    case 'background':
      return tell(alive, 'Running', { detail: titleOf(terminal) });
    case 'exited': {
      const bad = terminal.state.exitCode !== undefined && terminal.state.exitCode !== 0;
      const word = describeExit(terminal);
      return tell('stopped', word[0]!.toUpperCase() + word.slice(1), { tone: bad ? 'bad' : 'dim', detail: titleOf(terminal) });
    }
    case 'paused':
      return tell('held', 'Paused', { detail: titleOf(terminal) });
    case 'stopped':
      return tell('stopped', 'Stopped');
    case 'unknown':
      return tell('none', 'Unknown');
    default:
      return assertNever(terminal.state);
  }
}

export type WallTelling = {
  readonly icon: 'shield' | 'shield-ok' | 'shield-bad' | 'shield-off';
  readonly tone: Tone;
  readonly word: string;
  readonly title: string;
};

/** Tick: proven by the test. Plain: not up, or open to all. Struck: stopped. `!`: down, and then nothing gets out. */
export function describeWall(workspace: Workspace): WallTelling {
  const { wall, mode, state } = workspace;
  if (wall.kind === 'down') return { icon: 'shield-bad', tone: 'bad', word: 'No network', title: wall.reason };
  if (wall.kind === 'testing') return { icon: 'shield', tone: 'faint', word: 'Testing', title: 'The wall is being tested from inside' };
  if (wall.kind === 'off') {
    const waits = state.kind === 'creating' || state.kind === 'starting' || state.kind === 'recreating';
    if (waits) return { icon: 'shield', tone: 'faint', word: 'Not up yet', title: 'The wall is built before the agent starts' };
    if (state.kind === 'paused')
      return { icon: 'shield', tone: 'faint', word: 'Not tested', title: 'The wall is raised and tested when the workspace is resumed' };
    if (state.kind === 'unknown') return { icon: 'shield', tone: 'faint', word: 'Unknown', title: 'Docker cannot be asked' };
    return { icon: 'shield-off', tone: 'faint', word: state.kind === 'failed' ? 'Not started' : 'Stopped', title: 'No container runs, so nothing can get out' };
  }
  const seen = `${wall.passed} of ${wall.total} tests passed`;
  if (mode === 'learning')
    return {
      icon: 'shield',
      tone: 'faint',
      word: 'Learning',
      title: `Every public name is allowed for now, and logged. Private addresses stay refused. ${seen}`,
    };
  if (mode === 'full') return { icon: 'shield', tone: 'faint', word: 'Full, logged', title: `Every public name is allowed, and logged. ${seen}` };
  const word = mode === 'none' ? 'Nothing allowed' : 'Restricted';
  // Green is what was proven.
  if (wall.unproven !== undefined) return { icon: 'shield', tone: 'faint', word, title: `Wall tested as far as it could be: ${seen}. ${wall.unproven}` };
  return { icon: 'shield-ok', tone: 'ok', word, title: `Wall tested: ${seen}` };
}

/** Why a name was let out or not, as a reader would say it. */
export function describeReason(reason: Decision['reason']): string {
  switch (reason) {
    case 'rule':
      return 'A rule allows it';
    case 'mode':
      return 'By the network mode';
    case 'denied':
      return 'Denied by a rule';
    case 'not-listed':
      return 'No rule';
    case 'other-request':
      return 'Its rule is for other requests';
    case 'refused-address':
      return 'Resolved to a private address';
    case 'unresolved':
      return 'Name not found';
    case 'malformed':
      return 'No name given';
    default:
      return assertNever(reason);
  }
}

/** Whether a rule would let it out, and which. A deny rule wins over any: it has to go first. */
export function canAllow(reason: Decision['reason']): 'yes' | 'private' | 'no' {
  if (reason === 'refused-address') return 'private';
  return reason === 'not-listed' || reason === 'other-request' ? 'yes' : 'no';
}

/** The project's name; with several workspaces also which. */
export function nameWorkspace(workspace: Workspace, projects: readonly Project[], workspaces: readonly Workspace[]): string {
  const name = projects.find((project) => project.projectId === workspace.projectId)?.name ?? 'Unknown project';
  const several = workspaces.filter((other) => other.projectId === workspace.projectId).length > 1;
  return several ? `${name} / ${workspace.name}` : name;
}
