/** One line of the table: a figure of ours beside a raw one of the same run. */
export type Row = {
  readonly what: string;
  /** Samples in the unit named, of ours and of the raw baseline. */
  readonly ours: readonly number[];
  readonly raw: readonly number[];
  readonly unit: 'ms' | 'MB/s' | 'MB' | 'ms CPU/s';
  /** What the baseline is: `docker exec`, plain `git`, … */
  readonly baseline: string;
};

/** A file `<name>.bench.ts` exports one of these under the name `bench`. */
export type Bench = () => Promise<readonly Row[]>;

/** Milliseconds. */
export async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Runs the two in turns, so that a noisy minute of the machine falls on both. */
export async function pair(times: number, ours: () => Promise<number>, raw: () => Promise<number>): Promise<{ ours: number[]; raw: number[] }> {
  const samples = { ours: [] as number[], raw: [] as number[] };
  for (let round = 0; round < times; round += 1) {
    samples.ours.push(await ours());
    samples.raw.push(await raw());
  }
  return samples;
}

/** `share` 0.5 is the median. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function format(rows: readonly Row[]): string {
  const header = ['what', 'n', 'ours p50', 'ours p95', 'raw p50', 'raw p95', 'ratio p50', 'raw is'];
  const lines = rows.map((row) => {
    const figure = (samples: readonly number[], share: number): string => `${quantile(samples, share).toFixed(row.unit.startsWith('ms') ? 2 : 1)} ${row.unit}`;
    const ratio = quantile(row.ours, 0.5) / quantile(row.raw, 0.5);
    return [
      row.what,
      String(row.ours.length),
      figure(row.ours, 0.5),
      figure(row.ours, 0.95),
      figure(row.raw, 0.5),
      figure(row.raw, 0.95),
      Number.isFinite(ratio) ? ratio.toFixed(2) : '–',
      row.baseline,
    ];
  });
  const widths = header.map((cell, column) => Math.max(cell.length, ...lines.map((line) => line[column]!.length)));
  return [header, widths.map((width) => '-'.repeat(width)), ...lines]
    .map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`)
    .join('\n');
}
