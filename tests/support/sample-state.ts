import type { Project } from '../../shared/model/project.ts';
import type { Snapshot } from '../../shared/model/snapshot.ts';
import type { Terminal } from '../../shared/model/terminal.ts';
import type { Workspace } from '../../shared/model/workspace.ts';

/** Invented live state, for tests of what is made of it. */
const time = '2026-01-01T00:00:00Z';

export function makeProject(parts: Partial<Project> = {}): Project {
  const name = parts.name ?? 'orchard-api';
  return {
    projectId: '1'.repeat(12),
    kind: 'folder',
    engine: 'default',
    preset: {},
    path: `/home/robin/code/${name}`,
    name,
    git: true,
    present: true,
    createdAt: time,
    usedAt: time,
    ...parts,
  };
}

export function makeWorkspace(parts: Partial<Workspace> = {}): Workspace {
  return {
    workspaceId: '1'.repeat(8),
    projectId: '1'.repeat(12),
    name: 'Claude Code',
    agent: 'claude-code',
    agentTitle: 'Claude Code',
    mode: 'restricted',
    limits: { cpus: 2, memoryMb: 4096, pidsLimit: 512 },
    state: { kind: 'running', since: time },
    wall: { kind: 'standing', testedAt: time, passed: 12, total: 12 },
    rules: 3,
    pending: [],
    staleMounts: [],
    createdAt: time,
    ...parts,
  };
}

export function makeTerminal(parts: Partial<Terminal> = {}): Terminal {
  return {
    terminalId: '1'.repeat(12),
    workspaceId: '1'.repeat(8),
    worktree: 'main',
    kind: 'agent',
    title: '',
    state: { kind: 'background' },
    size: { cols: 80, rows: 24 },
    createdAt: time,
    ...parts,
  };
}

export function makeSnapshot(parts: Partial<Snapshot> = {}): Snapshot {
  return {
    seq: 0,
    engine: { kind: 'connected', endpoint: 'unix:///var/run/docker.sock', version: '29.1.0', apiVersion: '1.52', os: 'Debian 13', rootless: false },
    engines: [],
    preparation: [],
    agents: [],
    projects: [],
    workspaces: [],
    terminals: [],
    blocked: [],
    ...parts,
  };
}
