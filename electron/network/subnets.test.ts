import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { freeSubnets, overlaps, parseRange, parseRoutes } from './subnets.ts';

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
