import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { AppError } from '../../shared/errors.ts';

/** First and last address of an IPv4 range, as numbers. */
export type Span = { readonly first: number; readonly last: number };

/** `10.0.0.0/8`, or one address. Null for anything else, IPv6 included. */
export function parseRange(text: string): Span | null {
  const [address = '', bits = '32'] = text.split('/');
  if (!isIPv4(address) || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) return null;
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(toNumber(address) / size) * size;
  return { first, last: first + size - 1 };
}

export function toAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

export function overlaps(one: Span, other: Span): boolean {
  return one.first <= other.last && other.first <= one.last;
}

/**
 * Subnets of `bits` within `range` that meet none of `taken`, beginning at a place that `seed` decides, so that two
 * installations on one engine seldom try the same. Throws `network/range-invalid` and `network/range-full`.
 */
export function* freeSubnets(range: string, bits: number, taken: readonly string[], seed: number): Generator<string> {
  const whole = parseRange(range);
  const size = 2 ** (32 - bits);
  if (whole === null || whole.last - whole.first + 1 < size) throw invalidRange(range);
  const spans = taken.map(parseRange).filter((span) => span !== null);
  const count = Math.floor((whole.last - whole.first + 1) / size);
  for (let step = 0; step < count; step++) {
    const first = whole.first + ((seed + step) % count) * size;
    const candidate = { first, last: first + size - 1 };
    if (!spans.some((span) => overlaps(span, candidate))) yield `${toAddress(first)}/${bits}`;
  }
  throw new AppError('network/range-full', `No subnet is free in ${range}. Set a larger range, or remove workspaces.`, { details: { range } });
}

/**
 * The two halves of a range: egress networks lie in the upper one, private networks in the lower, and never in each other's. An engine that
 * was killed leaves address translation behind for egress networks it had; for a private network at that place the engine's host would rewrite
 * what goes from the agent to its gateway, and nothing would arrive. Throws `network/range-invalid`, for what is smaller than a /23 too: an
 * egress network is a /24.
 */
export function splitRange(range: string): { readonly private: string; readonly egress: string } {
  const whole = parseRange(range);
  const bits = Number(range.split('/')[1] ?? 32) + 1;
  if (whole === null || bits > 24) throw invalidRange(range);
  return { private: `${toAddress(whole.first)}/${bits}`, egress: `${toAddress((whole.first + whole.last + 1) / 2)}/${bits}` };
}

/** Whether two ranges, or addresses, have one in common; IPv6 and what is no range never do. */
export function rangesOverlap(one: string, other: string): boolean {
  const [first, second] = [parseRange(one), parseRange(other)];
  return first !== null && second !== null && overlaps(first, second);
}

function invalidRange(range: string): AppError {
  return new AppError('network/range-invalid', `${range} is no range for private networks. Set one such as 10.213.0.0/16.`, { details: { range } });
}

/** How many networks of workspaces (/28) the range still has room for, counted up to `enough`. */
export function countFreeSubnets(range: string, taken: readonly string[], enough: number): number {
  let count = 0;
  try {
    for (const _ of freeSubnets(splitRange(range).private, 28, taken, 0)) if (++count >= enough) break;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  return count;
}

/** Destinations of the host's own routes but the default one, so that no workspace takes the place of a VPN or a LAN. Linux; elsewhere empty. */
export async function hostRoutes(): Promise<readonly string[]> {
  try {
    return parseRoutes(await readFile('/proc/net/route', 'utf8'));
  } catch (error) {
    // Other systems have no such file; their engines run in a virtual machine with routes of its own.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The kernel's table: addresses as little-endian hex (proc(5), /proc/net/route). */
export function parseRoutes(table: string): readonly string[] {
  const routes: string[] = [];
  for (const line of table.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [destination, mask] = [fields[1], fields[7]].map((hex) => Buffer.from(hex ?? '', 'hex').toReversed());
    if (destination?.length !== 4 || mask?.length !== 4 || mask.every((byte) => byte === 0)) continue;
    const bits = [...mask]
      .map((byte) => byte.toString(2))
      .join('')
      .replaceAll('0', '').length;
    routes.push(`${[...destination].join('.')}/${bits}`);
  }
  return routes;
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
