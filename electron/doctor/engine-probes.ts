import { existsSync } from 'node:fs';
import { AppError } from '../../shared/errors.ts';
import type { EngineState } from '../../shared/model/engine.ts';
import type { Tools } from '../agents/types.ts';
import type { ImageName, Images } from '../engine/images.ts';
import type { Engine } from '../engine/types.ts';
import { isRoot, runAsRoot } from './power.ts';
import type { Finding, Probe } from './types.ts';

export type EngineProbesOptions = {
  readonly engine: Engine;
  readonly images: Images;
  readonly tools: Tools;
  /** Whether anything was asked of Forgehold yet: before that nothing needs to be built. */
  readonly isUsed: () => boolean;
};

const imageNames = ['agent', 'gateway'] as const satisfies readonly ImageName[];
/** For a service that was told to start, until its engine answers, in milliseconds. */
const startPatience = 30_000;
/** Of clocks, in milliseconds: TLS and logs bear a minute. */
const clockTolerance = 60_000;
const ignore = (): void => undefined;

export function listEngineProbes(options: EngineProbesOptions): readonly Probe[] {
  return [engineProbe(options), limitsProbe(options), imagesProbe(options), toolsProbe(options), clockProbe(options)];
}

function engineProbe({ engine }: EngineProbesOptions): Probe {
  return {
    id: 'engine',
    group: 'engine',
    title: 'Container engine',
    async look() {
      const state = engine.state();
      return state.kind === 'connected' ? lookAtConnected(engine, state) : unreachable(state);
    },
    fixes: {
      'engine/start': async () => {
        const command = findStart();
        if (!command) throw new AppError('doctor/no-service', 'How Docker is started on this machine is not known. Start it as you installed it.');
        await runAsRoot(command);
        await untilConnected(engine);
      },
    },
  };
}

async function lookAtConnected(engine: Engine, state: Extract<EngineState, { kind: 'connected' }>): Promise<Finding> {
  const info = await engine.info();
  const facts = {
    endpoint: state.endpoint,
    version: state.version,
    api: state.apiVersion,
    system: info.operatingSystem,
    architecture: info.architecture,
    rootless: state.rootless ? 'yes' : 'no',
    security: info.securityOptions.join(' ') || 'none',
    cgroups: info.cgroupVersion,
  };
  const found = `${state.version}, API ${state.apiVersion}, ${(info.memoryMb / 1024).toFixed(1)} GiB, ${info.cpus} CPU${info.cpus === 1 ? '' : 's'}${state.rootless ? ', rootless' : ''}`;
  if (info.securityOptions.some((option) => option.startsWith('name=seccomp'))) return { state: 'ok', found, facts };
  return {
    ...{ state: 'bad', found, facts },
    why: 'This engine has no seccomp, which keeps workspaces from broadcasting to the network of the host. The self-test will refuse its workspaces. Use an engine and a kernel with seccomp.',
  };
}

/** An engine that some project uses besides the default one. It is started where it runs, so there is no fix here. */
export function otherEngineProbe({ engine, title }: { readonly engine: Engine; readonly title: string }): Probe {
  return {
    ...{ id: `engine-${title}`.slice(0, 64), group: 'engine', title: `Engine ${title}` },
    async look() {
      const state = engine.state();
      if (state.kind === 'connected') return lookAtConnected(engine, state);
      const why = state.kind === 'unreachable' ? `${state.reason} The workspaces on it show as unknown meanwhile.` : 'It was asked and has not answered yet.';
      return {
        state: state.kind === 'unreachable' ? 'bad' : 'warn',
        found: state.kind === 'unreachable' ? 'Does not answer' : 'Connecting',
        why,
        facts: { tried: state.endpoint },
      };
    },
  };
}

function unreachable(state: Exclude<EngineState, { kind: 'connected' }>): Finding {
  if (state.kind === 'connecting') return { state: 'warn', found: 'Connecting', why: `${state.endpoint} was asked and has not answered yet.` };
  const finding: Finding = {
    state: 'bad',
    found: 'Does not answer',
    why: `${state.reason} Workspaces show as unknown meanwhile; nothing of theirs is lost, and they come back by themselves when the engine does.`,
    facts: { tried: state.endpoint, since: state.since },
  };
  const command = state.endpoint.startsWith('unix:///') ? findStart() : null;
  if (!command) return finding;
  const line = command.join(' ');
  return { ...finding, fix: { id: 'engine/start', label: 'Start Docker', command: isRoot() ? line : `sudo ${line}` } };
}

/** The service manager's way to start Docker, where there is one that knows it. Linux. */
function findStart(): readonly [string, ...string[]] | null {
  const units = ['/lib/systemd/system/docker.service', '/usr/lib/systemd/system/docker.service', '/etc/systemd/system/docker.service'];
  if (existsSync('/run/systemd/system')) return units.some((unit) => existsSync(unit)) ? ['systemctl', 'start', 'docker'] : null;
  return existsSync('/etc/init.d/docker') ? ['service', 'docker', 'start'] : null;
}

async function untilConnected(engine: Engine): Promise<void> {
  if (engine.state().kind === 'connected') return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const dispose = engine.onState((state) => {
    if (state.kind === 'connected') resolve();
  });
  const timer = setTimeout(() => reject(new AppError('doctor/fix-failed', 'The service was started, but the engine still does not answer.')), startPatience);
  await promise.finally(() => {
    clearTimeout(timer);
    dispose();
  });
}

function limitsProbe({ engine }: EngineProbesOptions): Probe {
  return {
    id: 'limits',
    group: 'engine',
    title: 'Limits',
    needsEngine: true,
    async look() {
      const { enforces, cgroupVersion } = await engine.info();
      const names = { memory: 'memory', cpus: 'CPU', pids: 'process' } as const;
      const missing = (Object.keys(names) as (keyof typeof names)[]).filter((name) => !enforces[name]).map((name) => names[name]);
      const facts = { memory: String(enforces.memory), cpus: String(enforces.cpus), pids: String(enforces.pids), cgroups: cgroupVersion };
      if (missing.length === 0) return { state: 'ok', found: 'Memory, CPUs and processes are kept to', facts };
      return {
        state: 'warn',
        found: `The engine ignores ${missing.join(' and ')} limits`,
        why: `A workspace can take all of it from the rest of the machine. A rootless engine needs cgroups v2 with delegated controllers; others a kernel that has them.`,
        facts,
      };
    },
  };
}

function imagesProbe({ images, isUsed }: EngineProbesOptions): Probe {
  return {
    id: 'images',
    group: 'engine',
    title: 'Images',
    needsEngine: true,
    async look() {
      const found = await Promise.all(imageNames.map(async (name) => [name, await images.find(name)] as const));
      const facts = Object.fromEntries(found.map(([name, tag]) => [name, tag ?? 'not built']));
      const missing = found.filter(([, tag]) => tag === null).map(([name]) => name);
      if (missing.length === 0) return { state: 'ok', found: 'Agent and gateway are built', facts };
      const fix = { id: 'images/build', label: 'Build now' };
      const what = `${missing.join(' and ')} not built`;
      if (!isUsed()) return { state: 'ok', found: 'Are built with the first workspace', facts };
      return { state: 'warn', found: what, why: 'The next workspace that starts builds it first, which takes a minute or two.', facts, fix };
    },
    fixes: { 'images/build': async () => void (await Promise.all(imageNames.map((name) => images.ensure(name, ignore)))) },
  };
}

function toolsProbe({ tools, isUsed }: EngineProbesOptions): Probe {
  return {
    id: 'tools',
    group: 'engine',
    title: 'Tools volume',
    needsEngine: true,
    timeoutMs: 30_000,
    async look() {
      if (tools.installed('node')) return { state: 'ok', found: `Node ${tools.version('node')}` };
      if (!isUsed()) return { state: 'ok', found: 'Is filled with the first workspace' };
      const fix = { id: 'tools/install', label: 'Install now' };
      return {
        state: 'warn',
        found: 'Node is missing',
        why: 'Workspaces need it. The next one that starts downloads it, and needs the network for that.',
        fix,
      };
    },
    fixes: { 'tools/install': () => tools.ensure('node', ignore) },
  };
}

function clockProbe({ engine }: EngineProbesOptions): Probe {
  return {
    id: 'clock',
    group: 'engine',
    title: 'Clock',
    needsEngine: true,
    async look() {
      const before = Date.now();
      const { time } = await engine.info();
      const theirs = Date.parse(time);
      if (Number.isNaN(theirs)) return { state: 'ok', found: 'The engine does not tell its time' };
      const apart = Math.round(Math.abs(theirs - (before + Date.now()) / 2) / 1000);
      if (apart * 1000 < clockTolerance) return { state: 'ok', found: `Within ${Math.max(1, apart)} s of the engine's` };
      return {
        state: 'warn',
        found: `The engine's is ${apart} s off`,
        why: 'Certificates and logins fail by a wrong clock. After a sleep of the machine, restarting the engine sets its clock right; else check the time of both machines.',
        facts: { engine: time, here: new Date().toISOString() },
      };
    },
  };
}
