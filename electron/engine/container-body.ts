import type { ContainerCreateOptions, HostConfig, MountSettings } from 'dockerode';
import { labels as ownLabels } from './names.ts';
import type { ContainerSpec, Mount } from './objects.ts';
import { leaveRoot } from './root-start.ts';

const mebibyte = 1024 * 1024;

export type BodyContext = { readonly labels: Record<string, string>; /** Id of the network, proven ours. */ readonly networkId: string | null };

/**
 * What the engine is asked to create. There is no way to say privileged, host network, devices or extra capabilities by
 * default: all capabilities are dropped and only those of the spec added.
 */
export function toCreateBody(spec: ContainerSpec, { labels, networkId }: BodyContext): ContainerCreateOptions {
  const network = spec.network === 'none' ? null : spec.network;
  return {
    name: spec.name,
    Image: spec.image,
    ...toStart(spec),
    Env: toEnv(spec),
    Labels: { ...spec.labels, ...labels, [ownLabels.user]: spec.rootHasPowers === true ? spec.user : '' },
    // What an image says of these is not for it to say: how it is stopped, and what runs in it every few seconds.
    StopSignal: 'SIGTERM',
    Healthcheck: { Test: ['NONE'] },
    Tty: spec.tty ?? false,
    ...(spec.command !== undefined && { Cmd: [...spec.command] }),
    ...(spec.workingDir !== undefined && { WorkingDir: spec.workingDir }),
    ...(spec.hostname !== undefined && { Hostname: spec.hostname }),
    ...(spec.stopGraceSeconds !== undefined && { StopTimeout: spec.stopGraceSeconds }),
    HostConfig: toHostConfig(spec, networkId),
    ...(network !== null &&
      networkId !== null && {
        NetworkingConfig: { EndpointsConfig: { [networkId]: toEndpoint(network) } },
      }),
  };
}

/** As whom it starts, and with what. */
function toStart(spec: ContainerSpec): Pick<ContainerCreateOptions, 'User' | 'Entrypoint'> {
  const { user, entrypoint, rootHasPowers } = spec;
  if (rootHasPowers === true && entrypoint !== undefined) return { User: '0:0', Entrypoint: leaveRoot(spec, entrypoint) };
  return { User: user, ...(entrypoint !== undefined && { Entrypoint: [...entrypoint] }) };
}

/** A name without a value takes what the image says of it away. */
function toEnv({ env, unsetEnv = [] }: ContainerSpec): string[] {
  return [...unsetEnv.filter((name) => !Object.hasOwn(env, name)), ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
}

/** How a container stands on a network: its fixed address, its other names. */
export function toEndpoint({ address, aliases }: { readonly address?: string; readonly aliases?: readonly string[] }): {
  IPAMConfig?: { IPv4Address: string };
  Aliases?: string[];
} {
  return { ...(address !== undefined && { IPAMConfig: { IPv4Address: address } }), ...(aliases !== undefined && { Aliases: [...aliases] }) };
}

function toHostConfig(spec: ContainerSpec, networkId: string | null): HostConfig {
  return {
    NetworkMode: networkId ?? 'none',
    Privileged: false,
    CapDrop: ['ALL'],
    CapAdd: [...spec.capabilities],
    GroupAdd: [...(spec.groups ?? [])],
    SecurityOpt: ['no-new-privileges', ...(spec.seccomp === undefined ? [] : [`seccomp=${spec.seccomp}`])],
    ReadonlyRootfs: spec.readOnlyRoot,
    Mounts: spec.mounts.filter((mount) => mount.kind !== 'tmpfs').map(toMount),
    Tmpfs: Object.fromEntries(spec.mounts.filter((mount) => mount.kind === 'tmpfs').map((mount) => [mount.target, toTmpfsOptions(mount)])),
    RestartPolicy: { Name: spec.restart },
    // Our images bring their own first process; the engine's would change what `exec`ed programs see as parent.
    Init: false,
    LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
    ...(spec.dns !== undefined && { Dns: [...spec.dns] }),
    ...(spec.sysctls !== undefined && { Sysctls: { ...spec.sysctls } }),
    ...toLimits(spec),
  };
}

export function toLimits({ cpus, memoryMb, pidsLimit }: Pick<ContainerSpec, 'cpus' | 'memoryMb' | 'pidsLimit'>): Partial<HostConfig> {
  return {
    ...(cpus !== undefined && { NanoCpus: Math.round(cpus * 1e9) }),
    // Swap counts on top of memory unless it is given; equal means none, so the limit is what it says.
    ...(memoryMb !== undefined && { Memory: memoryMb * mebibyte, MemorySwap: memoryMb * mebibyte }),
    ...(pidsLimit !== undefined && { PidsLimit: pidsLimit }),
  };
}

/** As a mount, not as a bind string: of a missing folder the engine then says so, instead of making one that belongs to root. */
function toMount(mount: Exclude<Mount, { readonly kind: 'tmpfs' }>): MountSettings {
  const common = { Source: mount.source, Target: mount.target, ReadOnly: mount.readOnly };
  return mount.kind === 'bind'
    ? { ...common, Type: 'bind', BindOptions: { Propagation: 'rprivate' } }
    : { ...common, Type: 'volume', ...(mount.empty === true && { VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } } }) };
}

/** As an option string: the engine's tmpfs mounts know no owner, and are `noexec` unless told otherwise, which breaks builds in `/tmp`. */
function toTmpfsOptions(mount: Extract<Mount, { readonly kind: 'tmpfs' }>): string {
  const owner = [mount.uid === undefined ? [] : [`uid=${mount.uid}`], mount.gid === undefined ? [] : [`gid=${mount.gid}`]].flat();
  return ['rw', 'nosuid', 'nodev', mount.noExec === true ? 'noexec' : 'exec', `size=${mount.sizeMb}m`, `mode=${mount.mode.toString(8)}`, ...owner].join(',');
}
