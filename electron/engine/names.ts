import type { Role } from './types.ts';

const prefix = 'dev.forgehold';

/** Labels of everything Forgehold makes in an engine. */
export const labels = {
  managed: `${prefix}.managed`,
  installation: `${prefix}.installation`,
  project: `${prefix}.project`,
  workspace: `${prefix}.workspace`,
  role: `${prefix}.role`,
  spec: `${prefix}.spec`,
} as const;

export function containerName(role: Extract<Role, 'agent' | 'gateway'>, projectId: string, workspaceId: string): string {
  return `forge-${role}-${projectId}-${workspaceId}`;
}

export function privateNetworkName(projectId: string, workspaceId: string): string {
  return `forge-net-${projectId}-${workspaceId}`;
}

/** One per installation: the gateways' second leg, with a way out. */
export function egressNetworkName(installation: string): string {
  return `forge-egress-${installation}`;
}

/** The gateway's configuration: maps, certificates; on no mount that the agent sees. */
export function wallVolumeName(projectId: string, workspaceId: string): string {
  return `forge-wall-${projectId}-${workspaceId}`;
}

/** Agent CLIs and Node, shared read-only by all workspaces of the installation. */
export function toolsVolumeName(installation: string): string {
  return `forge-tools-${installation}`;
}

/** Where things lie inside an agent container. */
export const containerPaths = {
  /** The tools volume, read-only. */
  tools: '/opt/forgehold/tools',
  /** `$HOME`: a folder of the workspace's own on the host, writable. */
  home: '/home/agent',
  /** tmpfs, mode 0700, owned by the agent's user: keys and sockets; gone with the container. */
  runtime: '/run/forgehold',
  /** Launcher and copies of the user's files, put there by the app, owned by root. */
  provided: '/opt/forgehold/provided',
} as const;
