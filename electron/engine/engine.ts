import { Connection } from './connection.ts';
import { createContainers } from './containers.ts';
import { createDiskUse } from './disk-use.ts';
import type { Endpoint } from './endpoint.ts';
import { Events } from './events.ts';
import { ExecRunner } from './exec-runner.ts';
import { createExecSessions } from './exec-session.ts';
import { createExec } from './exec.ts';
import { createForeignNetworks } from './foreign-networks.ts';
import { createFreezer } from './freezer.ts';
import { createImageStore } from './image-store.ts';
import { Jail } from './jail.ts';
import { createLogs } from './logs.ts';
import { createNetworks } from './networks.ts';
import { createFileReader } from './read-file.ts';
import type { Engine, EngineLog } from './types.ts';
import { createVolumes } from './volumes.ts';
import { createFileWriter } from './write-file.ts';

export type EngineOptions = {
  /** Id of this installation, `[a-z0-9]+`: what makes objects in the engine ours. */
  readonly installation: string;
  readonly endpoint: Endpoint;
  readonly log?: EngineLog;
};

/** The only door to the container engine. It connects at once, in the background; `state` and `onState` tell how that goes. */
export function createEngine({ installation, endpoint, log }: EngineOptions): Engine {
  const events = new Events(() => jail, log);
  const connection = new Connection({ endpoint, log, openEvents: (docker, signal, engineTime) => events.open(docker, signal, engineTime) });
  const jail: Jail = new Jail(installation, connection);
  const runner = new ExecRunner(connection, jail);
  connection.start();
  return {
    installation,
    hostAddresses: () => connection.hostAddresses(),
    state: () => connection.state(),
    onState: (listener) => connection.onState(listener),
    onEvent: (listener) => events.onEvent(listener),
    info: () => readInfo(connection),
    ...createContainers(connection, jail),
    ...createFreezer(connection, jail),
    ...createLogs(connection, jail),
    ...createExec(runner, jail),
    ...createExecSessions(runner, jail, log),
    ...createFileReader(connection, jail),
    ...createNetworks(connection, jail),
    ...createForeignNetworks(connection, jail),
    ...createFileWriter(connection, jail),
    ...createVolumes(connection, jail),
    ...createImageStore(connection),
    ...createDiskUse(connection, jail),
    close: () => {
      runner.dispose();
      connection.close();
    },
  };
}

async function readInfo(connection: Connection): Promise<Awaited<ReturnType<Engine['info']>>> {
  const info = (await connection.request('read its facts', (docker, abortSignal) => docker.info({ abortSignal }))) as {
    readonly NCPU: number;
    readonly MemTotal: number;
    readonly Architecture: string;
    readonly OperatingSystem: string;
    readonly SecurityOptions?: readonly string[];
    readonly MemoryLimit?: boolean;
    readonly CpuCfsQuota?: boolean;
    readonly PidsLimit?: boolean;
    readonly CgroupVersion?: string;
    readonly DockerRootDir?: string;
    readonly SystemTime?: string;
  };
  const securityOptions = info.SecurityOptions ?? [];
  return {
    cpus: info.NCPU,
    memoryMb: Math.floor(info.MemTotal / 1024 / 1024),
    rootless: securityOptions.some((option) => option.includes('name=rootless')),
    architecture: info.Architecture,
    operatingSystem: info.OperatingSystem,
    securityOptions,
    enforces: { memory: info.MemoryLimit ?? false, cpus: info.CpuCfsQuota ?? false, pids: info.PidsLimit ?? false },
    cgroupVersion: info.CgroupVersion ?? '1',
    rootFolder: info.DockerRootDir ?? '',
    time: info.SystemTime ?? '',
  };
}
