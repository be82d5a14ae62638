import { AppError } from '../../shared/errors.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import type { Engine } from '../engine/types.ts';
import type { Wall } from '../network/types.ts';
import type { SettingsStore } from '../settings/settings.ts';
import type { Finding, Probe } from './types.ts';

/** What the network slice knows of ranges, by way of `compose.ts`. */
export type Ranges = {
  /** Destinations of the host's routes, and its own addresses. */
  readonly taken: () => Promise<readonly string[]>;
  readonly overlap: (one: string, other: string) => boolean;
  /** How many /28 of `range` meet none of `taken`, counted up to `enough`. */
  readonly countFree: (range: string, taken: readonly string[], enough: number) => number;
};

export type WallProbesOptions = {
  readonly engine: Engine;
  readonly wall: Wall;
  readonly workspaces: () => readonly Workspace[];
  readonly settings: SettingsStore;
  readonly ranges: Ranges;
};

/** Fewer free subnets than this, and the next workspaces may find none. */
const scarce = 16;
/** Private ranges (RFC 1918) that home routers, offices and engines seldom use. */
const candidates = ['10.213.0.0/16', '10.217.0.0/16', '10.229.0.0/16', '10.241.0.0/16', '172.29.0.0/16', '192.168.208.0/20'];

export function listWallProbes(options: WallProbesOptions): readonly Probe[] {
  return [wallProbe(options), rangeProbe(options)];
}

function wallProbe({ wall, workspaces }: WallProbesOptions): Probe {
  async function look(signal: AbortSignal): Promise<Finding> {
    const first = workspaces().find(({ state }) => state.kind === 'running');
    const down = workspaces().filter((one) => one.wall.kind === 'down');
    if (!first && down.length === 0) return { state: 'ok', found: 'No workspace runs; each is tested when it starts' };
    const fix = { id: 'wall/test', label: 'Test again' };
    if (down[0]?.wall.kind === 'down')
      return { state: 'bad', found: `Down at ${down.length} of ${workspaces().length} workspaces`, why: `${down[0].name}: ${down[0].wall.reason}`, fix };
    const report = await wall.test(first!.workspaceId, signal);
    const failed = report.attempts.filter(({ result }) => result === 'failed');
    const passed = report.attempts.filter(({ result }) => result === 'passed').length;
    const facts = { workspace: first!.name, ...Object.fromEntries(failed.slice(0, 8).map(({ label, detail }) => [label, detail])) };
    if (report.passed && report.unproven !== undefined)
      return { state: 'warn', found: `Held at ${first!.name} as far as it could be tried`, why: report.unproven, facts, fix };
    if (report.passed) return { state: 'ok', found: `${passed} of ${report.attempts.length} attempts held at ${first!.name}`, facts };
    const why = `${failed[0]?.label}: ${failed[0]?.detail}. A workspace whose wall leaks is stopped at once. Restart the engine, then test again.`;
    return { state: 'bad', found: `${failed.length} attempts got through at ${first!.name}`, why, facts, fix };
  }
  // The look is the test itself, so there is nothing more to do.
  return { id: 'wall', group: 'engine', title: 'Wall self-test', needsEngine: true, timeoutMs: 90_000, look, fixes: { 'wall/test': async () => undefined } };
}

function rangeProbe({ engine, settings, ranges }: WallProbesOptions): Probe {
  async function taken(): Promise<{ readonly host: readonly string[]; readonly engine: readonly string[] }> {
    const before = await ranges.taken();
    const engineSubnets = await engine.usedSubnets();
    const after = new Set(await ranges.taken());
    // A network of the engine that comes or goes in this moment has a route at one of the two looks only.
    return { host: before.filter((one) => after.has(one)), engine: engineSubnets };
  }
  return {
    id: 'range',
    group: 'engine',
    title: 'Private range',
    needsEngine: true,
    async look() {
      const { subnetRange } = settings.get();
      const used = await taken();
      // Routes into the engine's own networks are no strangers.
      const strangers = used.host.filter((one) => ranges.overlap(one, subnetRange) && !used.engine.some((subnet) => ranges.overlap(one, subnet)));
      const free = ranges.countFree(subnetRange, [...used.host, ...used.engine], scarce);
      const facts = { range: subnetRange, ...(strangers.length > 0 && { meets: strangers.slice(0, 8).join(', ') }) };
      const fix = { id: 'range/choose', label: 'Choose a free range' };
      if (free === 0)
        return {
          state: 'bad',
          found: `${subnetRange} has no room`,
          why: 'No new workspace can have a network. Those that run are not affected by another range.',
          facts,
          fix,
        };
      if (strangers.length > 0)
        return {
          ...{ state: 'warn', facts, fix, found: `${subnetRange} meets ${strangers[0]}` },
          why: 'A route of this machine (of a VPN, a local network, a bridge that an engine left behind) leads into the same range. Workspaces keep out of its way, but hosts there and workspaces can be mixed up. Those that run keep their networks.',
        };
      if (free < scarce)
        return { state: 'warn', found: `${subnetRange} has room for ${free} more`, why: 'Choose a larger range, or remove workspaces.', facts, fix };
      return { state: 'ok', found: `${subnetRange}, free of routes and VPNs`, facts };
    },
    fixes: {
      'range/choose': async () => {
        const used = await taken();
        const all = [...used.host, ...used.engine];
        const choice = candidates.find((range) => !all.some((one) => ranges.overlap(one, range)));
        if (!choice) throw new AppError('doctor/no-range', 'Every usual private range is taken on this machine. Set "subnetRange" yourself.');
        settings.set({ subnetRange: choice });
      },
    },
  };
}
