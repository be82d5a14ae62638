import { createHash } from 'node:crypto';
import type { Limits } from '../../shared/model/workspace-parts.ts';
import { containerName, containerPaths } from '../engine/names.ts';
import type { ContainerSpec, Mount } from '../engine/objects.ts';
import type { WallSite } from '../network/types.ts';
import { programsFolder } from './npm-programs.ts';
import { limitsOf } from './options.ts';
import type { WorkspaceRecord } from './records.ts';

/** The host's certificates and, appended, the workspace's own CA. */
export const caBundle = '/etc/ssl/certs/ca-certificates.crt';

/** `forge-init` in a container of an own image, which does not bring it. */
export const ownInit = '/opt/forgehold/forge-init';

const standardPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** As Forgehold's own image says. */
const agentEntrypoint = ['tini', '--', 'forge-init'];

/**
 * What `apt` needs of root's powers. The agent's own processes have none of them: they are in the bounding set only, and
 * no-new-privileges keeps every program from taking one up. Where the host's user is root, so is the agent, and has them.
 */
const packageCapabilities = ['CHOWN', 'SETUID', 'SETGID', 'DAC_OVERRIDE', 'FOWNER'];

/** Variables with which an image would steer the programs that Forgehold runs in it, or send them past the gateway. The workspace's own still hold. */
const steeringVariables = [
  ...['LD_PRELOAD', 'LD_AUDIT', 'LD_LIBRARY_PATH', 'BASH_ENV', 'ENV', 'PROMPT_COMMAND', 'NODE_OPTIONS', 'NODE_PATH', 'PYTHONSTARTUP', 'PYTHONPATH'],
  ...['PYTHONHOME', 'TMUX', 'TMUX_TMPDIR', 'GIT_DIR', 'GIT_WORK_TREE', 'GIT_EXEC_PATH', 'GIT_CONFIG', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM'],
  ...['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'FORGE_STOP_SECONDS'],
];

export type SpecParts = {
  readonly record: WorkspaceRecord;
  readonly image: { readonly reference: string; /** Present for a user's own image: the folders of its programs. */ readonly path?: readonly string[] };
  readonly site: WallSite;
  readonly user: { readonly uid: number; readonly gid: number };
  readonly mounts: readonly Mount[];
  readonly workingDir: string;
  /** Folders of programs, before the system's. */
  readonly path: readonly string[];
  /** npm's folder in the tools volume. */
  readonly npm: string;
  /** Of the agent type. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeZone: string;
};

/** The agent container (design.md section 5). Pure: the same parts give the same spec and hash. */
export function agentContainerSpec(parts: SpecParts): ContainerSpec {
  const { record, site, user } = parts;
  const { effective } = record;
  const spec: ContainerSpec = {
    projectId: record.projectId,
    workspaceId: record.workspaceId,
    role: 'agent',
    name: containerName('agent', record.projectId, record.workspaceId),
    image: parts.image.reference,
    // An own image's entry point is not asked: our first process is the one that ends the container gracefully.
    ...(parts.image.path === undefined ? {} : { entrypoint: ['/bin/sh', ownInit], unsetEnv: steeringVariables }),
    ...(effective.systemPackages && user.uid !== 0 && { rootHasPowers: true, ...(parts.image.path === undefined && { entrypoint: agentEntrypoint }) }),
    ...(effective.command.length > 0 && { command: effective.command }),
    ...(effective.groups.length > 0 && { groups: effective.groups }),
    ...(Object.keys(effective.labels).length > 0 && { labels: effective.labels }),
    user: `${user.uid}:${user.gid}`,
    hostname: hostnameOf(record.project.name),
    workingDir: parts.workingDir,
    env: environmentOf(parts),
    mounts: [...parts.mounts, runtimeMount(user)],
    network: { name: site.network, address: site.agentAddress },
    dns: [site.gatewayAddress],
    readOnlyRoot: false,
    capabilities: effective.systemPackages ? packageCapabilities : [],
    seccomp: site.seccomp,
    sysctls: site.sysctls,
    // An engine that restarts may bring the agent up before its gateway: it has no way out then, so the order does not matter.
    restart: 'unless-stopped',
    stopGraceSeconds: 30,
  };
  // Limits are changed live: they make no other container.
  return { ...spec, ...limitsOf(record.effective), spec: createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 16) };
}

function environmentOf({ record, user, path, npm, environment, timeZone, image }: SpecParts): Record<string, string> {
  const trust = ['SSL_CERT_FILE', 'CURL_CA_BUNDLE', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS', 'CODEX_CA_CERTIFICATE'];
  return {
    HOME: containerPaths.home,
    USER: 'agent',
    LOGNAME: 'agent',
    LANG: 'C.UTF-8',
    TZ: timeZone,
    PATH: [
      `${containerPaths.home}/.local/bin`,
      ...(image.path === undefined ? [...path, ...standardPath] : [...image.path, ...path]),
      programsFolder(npm),
    ].join(':'),
    // As Forgehold's own image says.
    ...(image.path === undefined ? {} : { SHELL: '/bin/bash' }),
    COLORTERM: 'truecolor',
    ...Object.fromEntries(trust.map((name) => [name, caBundle])),
    // Claude Code refuses to skip its prompts as root, but where it is told that it runs in a sandbox.
    ...(user.uid === 0 ? { IS_SANDBOX: '1' } : {}),
    ...environment,
    ...record.effective.env,
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
