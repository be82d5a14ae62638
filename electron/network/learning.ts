import type { Decision, Learned, Rule } from '../../shared/model/domain.ts';
import { holds, letsOut, type Reach } from './covering.ts';
import { isShared, soundsLikeTelemetry } from './name-words.ts';
import { parsePattern } from './pattern.ts';
import { type PresetData, targetsOf } from './presets.ts';
import { webPorts } from './rule.ts';

/** What learning saw of one connection. */
export type Seen = Pick<Decision, 'host' | 'port' | 'reason' | 'program' | 'bytesUp' | 'bytesDown'>;

/** Names in a line that are told. */
const hostsTold = 20;
/** Names that are looked at, those seen most often, and lines of a proposal: as many as anybody would review. A flood of names is cut off. */
const maxNames = 2000;
const maxLines = 500;
/** From there on it counts that far more went up than came down: a greeting and its certificate are below. */
const upload = { bytes: 16 * 1024, times: 4 } as const;

/** A line in the making. */
type Line = Reach & {
  readonly hosts: readonly string[];
  /** Ports that were seen. */
  readonly used: readonly number[];
  readonly programs: ReadonlyMap<string, number>;
  readonly preset?: string | undefined;
  /** A rule lets it out already. */
  readonly covered: boolean;
  readonly telemetry: boolean;
  readonly needsPrivate: boolean;
  readonly requests: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
};

/**
 * The smallest list that would have let out what was seen: domains of presets where they hold it, `*.parent` for several names below one
 * domain, else the name. Other ports than 80 and 443 are proposed name by name. What looks like telemetry, or had a refused address, is
 * listed by its own name and not proposed; no wildcard of ours holds one.
 *
 * @param rules That hold in the workspace.
 */
export function proposeList(seen: readonly Seen[], presets: readonly PresetData[], rules: readonly Rule[]): Learned[] {
  const names = gather(seen).map((name) => cover(name, rules));
  const open = names.filter((name) => !name.covered);
  const placed = placeInPresets(open, presets);
  const lines = absorb(fold([...names.filter((name) => name.covered), ...widen(placed)]));
  const order = new Map(presets.map(({ id }, at) => [id, at]));
  return takeBusiest(lines, maxLines)
    .map(describe)
    .toSorted((one, other) => compare(one, other, order));
}

/** A line for each name and kind of port; what names no host, was denied by a rule or does not exist is nothing to allow. */
function gather(seen: readonly Seen[]): readonly Line[] {
  const lines = seen.flatMap(({ host, port, reason, program, bytesUp = 0, bytesDown = 0 }): Line[] => {
    const pattern = normalise(host);
    if (pattern === null || reason === 'denied' || reason === 'unresolved' || reason === 'malformed') return [];
    const kind = { ports: webPorts.includes(port) ? [] : [port], used: [port], needsPrivate: reason === 'refused-address' };
    const programs = new Map(program === undefined ? [] : [[program, 1]]);
    return [{ pattern, ...kind, hosts: [pattern], programs, covered: false, telemetry: false, requests: 1, bytesUp, bytesDown }];
  });
  const named = fold(lines).map((line) => ({ ...line, telemetry: soundsLikeTelemetry(line.pattern) || isUpload(line) }));
  return takeBusiest(named, maxNames);
}

function normalise(host: string): string | null {
  try {
    return parsePattern(host);
  } catch {
    // An address, or what is no name at all.
    return null;
  }
}

function isUpload({ bytesUp, bytesDown }: Line): boolean {
  return bytesUp >= upload.bytes && bytesUp > upload.times * bytesDown;
}

function takeBusiest(lines: readonly Line[], count: number): readonly Line[] {
  return lines.toSorted((one, other) => other.requests - one.requests).slice(0, count);
}

function cover(line: Line, rules: readonly Rule[]): Line {
  const able = rules.filter((rule) => rule.allowPrivate || !line.needsPrivate);
  const found = line.used.map((port) => able.find((rule) => letsOut(rule, { pattern: line.pattern, ports: [port] })));
  const [rule] = found;
  return rule === undefined || found.includes(undefined) ? line : { ...line, pattern: rule.pattern, ports: rule.ports, covered: true };
}

/** As a preset's own domain; where several presets have it, of the one that most of what was seen belongs to. */
function placeInPresets(lines: readonly Line[], presets: readonly PresetData[]): readonly Line[] {
  const known = presets.map((preset) => {
    const targets = targetsOf(preset);
    return { id: preset.id, targets, count: lines.filter((line) => targets.some((target) => holds(target, line))).length };
  });
  const sorted = known.toSorted((one, other) => other.count - one.count);
  return lines.map((line) => {
    const found = sorted.flatMap(({ id, targets }) => targets.flatMap((target) => (holds(target, line) ? [{ ...target, preset: id }] : [])));
    // A domain of a preset does not promise private addresses.
    return line.needsPrivate ? line : { ...line, ...found[0] };
  });
}

/** `*.parent` where two names or more were seen right below it, unless it belongs to many, or would let out what is not proposed. */
function widen(lines: readonly Line[]): readonly Line[] {
  const families = Map.groupBy(lines.filter(canWiden), parentOf);
  const apart = lines.filter((line) => !isProposed(line));
  const wide = new Set(
    [...families].flatMap(([parent, family]) => {
      const holdsApart = apart.some((line) => holds({ pattern: `*.${parent}`, ports: [] }, { pattern: line.pattern, ports: [] }));
      return family.length > 1 && parent.includes('.') && !isShared(parent) && !holdsApart ? [parent] : [];
    }),
  );
  return lines.map((line) => (canWiden(line) && wide.has(parentOf(line)) ? { ...line, pattern: `*.${parentOf(line)}` } : line));
}

function canWiden(line: Line): boolean {
  return isProposed(line) && line.preset === undefined && line.ports.length === 0;
}

function parentOf({ pattern }: Line): string {
  return pattern.slice(pattern.indexOf('.') + 1);
}

function isProposed({ covered, telemetry, needsPrivate }: Line): boolean {
  return !covered && !telemetry && !needsPrivate;
}

/** Lines of the same pattern and ports are one. */
function fold(lines: readonly Line[]): readonly Line[] {
  const folded = new Map<string, Line>();
  for (const line of lines) {
    const key = [line.pattern, line.ports.join(), line.covered].join(' ');
    const present = folded.get(key);
    folded.set(key, present === undefined ? line : merge(present, line));
  }
  return [...folded.values()];
}

function merge(one: Line, other: Line): Line {
  const programs = new Map(one.programs);
  for (const [program, times] of other.programs) programs.set(program, (programs.get(program) ?? 0) + times);
  return {
    ...one,
    hosts: [...new Set([...one.hosts, ...other.hosts])],
    used: [...new Set([...one.used, ...other.used])],
    programs,
    telemetry: one.telemetry && other.telemetry,
    needsPrivate: one.needsPrivate || other.needsPrivate,
    requests: one.requests + other.requests,
    bytesUp: one.bytesUp + other.bytesUp,
    bytesDown: one.bytesDown + other.bytesDown,
  };
}

/** What a proposed line lets out anyway goes into it. */
function absorb(lines: readonly Line[]): readonly Line[] {
  const proposed = lines.filter(isProposed);
  const wide = proposed.filter(({ pattern }) => pattern.startsWith('*.'));
  const same = Map.groupBy(proposed, ({ pattern }) => pattern);
  const holderOf = (line: Line): Line => {
    if (line.covered || line.needsPrivate) return line;
    const holder = [...(same.get(line.pattern) ?? []), ...wide].find((other) => other !== line && holds(other, line));
    return holder === undefined ? line : holderOf(holder);
  };
  return fold(
    lines.map((line) => {
      const { pattern, ports, preset } = holderOf(line);
      return { ...line, pattern, ports, preset };
    }),
  );
}

function describe(line: Line): Learned {
  const { pattern, ports, hosts, programs, preset, covered, telemetry, requests, bytesUp, bytesDown, needsPrivate } = line;
  const [program] = [...programs].toSorted(([, one], [, other]) => other - one)[0] ?? [];
  return {
    ...{ pattern, ports: [...ports], hosts: hosts.slice(0, hostsTold), covered, requests, bytesUp, bytesDown, needsPrivate },
    ...(program !== undefined && { program }),
    ...(preset !== undefined && { preset }),
    ...(telemetry && { looksLike: 'telemetry' as const }),
    proposed: isProposed(line),
  };
}

/** By preset, then by program, the busiest first; what is let out already comes last. */
function compare(one: Learned, other: Learned, order: ReadonlyMap<string, number>): number {
  const rank = ({ preset }: Learned): number => (preset === undefined ? order.size : order.get(preset)!);
  const byProgram = (one.program ?? '\uffff').localeCompare(other.program ?? '\uffff');
  return Number(one.covered) - Number(other.covered) || rank(one) - rank(other) || byProgram || other.requests - one.requests;
}
