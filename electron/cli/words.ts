import { assertNever } from '../../shared/errors.ts';
import type { EngineState } from '../../shared/model/engine.ts';
import type { Terminal } from '../../shared/model/terminal.ts';
import type { WallState, WorkspaceState } from '../../shared/model/workspace.ts';
import type { Cell } from './table.ts';

/** A workspace's state in a word or two. */
export function stateCell(state: WorkspaceState): Cell {
  switch (state.kind) {
    case 'running':
      return { text: 'running', style: 'good' };
    case 'failed':
      return { text: `failed: ${state.error.code}`, style: 'bad' };
    case 'crashing':
      return { text: `crashing (${state.restarts} restarts)`, style: 'bad' };
    case 'stopped':
      return { text: state.exitCode === undefined || state.exitCode === 0 ? 'stopped' : `stopped (${state.exitCode})`, style: 'dim' };
    case 'paused':
      return { text: 'paused', style: 'dim' };
    case 'unknown':
      return { text: 'unknown', style: 'warn' };
    case 'creating':
    case 'starting':
    case 'recreating':
    case 'stopping':
    case 'removing':
      return { text: state.kind, style: 'warn' };
    default:
      return assertNever(state);
  }
}

export function wallCell(wall: WallState): Cell {
  switch (wall.kind) {
    case 'standing':
      return { text: `stands (${wall.passed}/${wall.total})`, style: 'good' };
    case 'down':
      return { text: 'DOWN', style: 'bad' };
    case 'testing':
      return { text: 'testing', style: 'warn' };
    case 'off':
      return { text: 'off', style: 'dim' };
    default:
      return assertNever(wall);
  }
}

export function terminalCell({ state }: Terminal): Cell {
  if (state.kind === 'exited') return { text: state.exitCode === undefined ? 'exited' : `exited (${state.exitCode})`, style: 'dim' };
  return { text: state.kind, style: state.kind === 'connected' || state.kind === 'background' ? 'good' : 'warn' };
}

export function engineWords(state: EngineState): string {
  if (state.kind === 'connected') return `${state.version} (API ${state.apiVersion}) at ${state.endpoint}`;
  return state.kind === 'connecting' ? `connecting to ${state.endpoint}` : `does not answer at ${state.endpoint}: ${state.reason}`;
}

/** `3 min ago`. */
export function ago(time: string, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000));
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}
