import { createHash } from 'node:crypto';
import type { Limits } from '../../shared/model/workspace.ts';
import { containerName, containerPaths } from '../engine/names.ts';
import type { ContainerSpec, Mount } from '../engine/types.ts';
import type { WallSite } from '../network/types.ts';
import type { WorkspaceRecord } from './records.ts';

/** The host's certificates and, appended, the workspace's own CA. */
export const caBundle = '/etc/ssl/certs/ca-certificates.crt';

export type SpecParts = {
  readonly record: WorkspaceRecord;
  readonly image: string;
  readonly site: WallSite;
  readonly user: { readonly uid: number; readonly gid: number };
  readonly mounts: readonly Mount[];
  /** Folders of programs, before the system's. */
  readonly path: readonly string[];
  /** Of the agent type. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeZone: string;
};

/** The agent container (design.md section 5). Pure: the same parts give the same spec and hash. */
export function agentContainerSpec(parts: SpecParts): ContainerSpec {
  const { record, site, user } = parts;
  const spec: ContainerSpec = {
    projectId: record.projectId,
    workspaceId: record.workspaceId,
    role: 'agent',
    name: containerName('agent', record.projectId, record.workspaceId),
    image: parts.image,
    user: `${user.uid}:${user.gid}`,
    hostname: hostnameOf(record.project.name),
    workingDir: record.project.path,
    env: environmentOf(parts),
    mounts: [...parts.mounts, runtimeMount(user)],
    network: { name: site.network, address: site.agentAddress },
    dns: [site.gatewayAddress],
    readOnlyRoot: false,
    capabilities: [],
    seccomp: site.seccomp,
    sysctls: site.sysctls,
    cpus: record.limits.cpus,
    memoryMb: record.limits.memoryMb,
    pidsLimit: record.limits.pidsLimit,
    // An engine that restarts may bring the agent up before its gateway: it has no way out then, so the order does not matter.
    restart: 'unless-stopped',
    stopGraceSeconds: 30,
  };
  return { ...spec, spec: createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 16) };
}

function environmentOf({ record, user, path, environment, timeZone }: SpecParts): Record<string, string> {
  const trust = ['SSL_CERT_FILE', 'CURL_CA_BUNDLE', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS', 'CODEX_CA_CERTIFICATE'];
  return {
    HOME: containerPaths.home,
    USER: 'agent',
    LOGNAME: 'agent',
    LANG: 'C.UTF-8',
    TZ: timeZone,
    PATH: [`${containerPaths.home}/.local/bin`, ...path, '/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(':'),
    COLORTERM: 'truecolor',
    ...Object.fromEntries(trust.map((name) => [name, caBundle])),
    // Claude Code refuses to skip its prompts as root, but where it is told that it runs in a sandbox.
    ...(user.uid === 0 ? { IS_SANDBOX: '1' } : {}),
    ...environment,
    ...record.environment,
  };
}

function runtimeMount(user: { readonly uid: number; readonly gid: number }): Mount {
  return { kind: 'tmpfs', target: containerPaths.runtime, sizeMb: 16, mode: 0o700, uid: user.uid, gid: user.gid, noExec: true };
}

/** A host name holds letters, digits and dashes; the prompt of a shell shows it. */
function hostnameOf(name: string): string {
  const usable = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return usable.slice(0, 40).replace(/-+$/, '') || 'workspace';
}

/** Half the CPUs, a quarter of the memory between 2 and 8 GiB: two agents leave the machine usable. */
export function defaultLimits(machine: { readonly cpus: number; readonly memoryMb: number }): Limits {
  return {
    cpus: Math.max(1, Math.floor(machine.cpus / 2)),
    memoryMb: Math.min(machine.memoryMb, Math.max(2048, Math.min(8192, Math.floor(machine.memoryMb / 4)))),
    pidsLimit: 2048,
  };
}
