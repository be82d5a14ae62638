import type { Role } from './objects.ts';

const prefix = 'dev.forgehold';

/** Labels of everything Forgehold makes in an engine. */
export const labels = {
  managed: `${prefix}.managed`,
  installation: `${prefix}.installation`,
  project: `${prefix}.project`,
  workspace: `${prefix}.workspace`,
  role: `${prefix}.role`,
  spec: `${prefix}.spec`,
  /** As whom programs run in a container that the engine starts as root. */
  user: `${prefix}.user`,
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

/** The clone of a workspace whose project is a URL, and what lies beside it. */
export function workVolumeName(projectId: string, workspaceId: string): string {
  return `forge-work-${projectId}-${workspaceId}`;
}

/** The home of a workspace that has nothing on the host. */
export function homeVolumeName(projectId: string, workspaceId: string): string {
  return `forge-home-${projectId}-${workspaceId}`;
}

/** Whether a volume of this name may hold work that lies nowhere else: only who asks for its removal removes it. */
export function holdsWork(volume: string): boolean {
  return /^forge-(?:work|home)-/.test(volume);
}

/** The cache of one package manager, of one project's workspaces; none of them in particular. */
export function cacheVolumeName(projectId: string, cache: string): string {
  return `forge-cache-${projectId}-${cache}`;
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
  /** The volume that the clone of a URL lies in, as `/workspaces/<name>`. */
  clones: '/workspaces',
  /** tmpfs, mode 0700, owned by the agent's user: keys and sockets; gone with the container. */
  runtime: '/run/forgehold',
  /** Launcher and copies of the user's files, put there by the app, owned by root. */
  provided: '/opt/forgehold/provided',
  /** Small programs of the app's own, owned by root, last on the PATH. */
  programs: '/opt/forgehold/programs',
} as const;
