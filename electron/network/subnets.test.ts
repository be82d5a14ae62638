import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { countFreeSubnets, freeSubnets, overlaps, parseRange, parseRoutes, rangesOverlap, splitRange } from './subnets.ts';

it('offers only subnets inside the range that meet nothing taken', () => {
  const address = fc.tuple(fc.nat(255), fc.nat(255), fc.integer({ min: 16, max: 32 })).map(([b, c, bits]) => `10.213.${b}.${c}/${bits}`);
  fc.assert(
    fc.property(fc.array(address, { maxLength: 20 }), fc.nat(), (taken, seed) => {
      const spans = taken.map((range) => parseRange(range)!);
      let offered: string;
      try {
        offered = freeSubnets('10.213.0.0/16', 28, taken, seed).next().value as string;
      } catch {
        return taken.some((range) => range.endsWith('/16') || range.endsWith('/17'));
      }
      const span = parseRange(offered)!;
      expect(overlaps(span, parseRange('10.213.0.0/16')!)).toBe(true);
      expect(spans.filter((other) => overlaps(span, other))).toEqual([]);
      return true;
    }),
  );
});

it('says when a range is none, or full', () => {
  expect(() => [...freeSubnets('nonsense', 28, [], 0)]).toThrow('is no range');
  expect(() => [...freeSubnets('10.0.0.0/30', 28, [], 0)]).toThrow('is no range');
  expect(() => [...freeSubnets('10.0.0.0/28', 28, ['10.0.0.5'], 0)]).toThrow('No subnet is free');
});

it("reads the kernel's routes but the default one", () => {
  const table =
    'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\neth0\t00000000\t0102000A\t0003\t0\t0\t0\t00000000\t0\neth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\n';
  expect(parseRoutes(table)).toEqual(['172.17.0.0/16']);
});

it('ranges that meet are told from those that do not, and free room is counted no further than asked', () => {
  expect(rangesOverlap('10.213.0.0/16', '10.213.4.0/22')).toBe(true);
  expect([rangesOverlap('10.213.0.0/16', '10.214.0.1'), rangesOverlap('10.0.0.0/8', 'fe80::/10'), rangesOverlap('nonsense', '10.0.0.0/8')]).toEqual([
    false,
    false,
    false,
  ]);
  expect(countFreeSubnets('10.213.0.0/16', [], 16)).toBe(16);
  expect(countFreeSubnets('10.213.0.0/23', ['10.213.0.0/25', '10.213.0.129'], 100)).toBe(7);
  expect(countFreeSubnets('10.213.0.0/23', ['10.0.0.0/8'], 100)).toBe(0);
  expect(countFreeSubnets('10.213.0.0/24', [], 100)).toBe(0);
});

it('private networks and egress networks have each a half of the range', () => {
  expect(splitRange('10.213.0.0/16')).toEqual({ private: '10.213.0.0/17', egress: '10.213.128.0/17' });
  expect(splitRange('192.168.208.77/23')).toEqual({ private: '192.168.208.0/24', egress: '192.168.209.0/24' });
  for (const range of ['10.213.0.0/24', '10.213.0.1', 'nonsense']) expect(() => splitRange(range)).toThrow('is no range');
});
