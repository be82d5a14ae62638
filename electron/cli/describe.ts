import { z } from 'zod';
import { calls, contractVersion, events, streams } from '../../shared/contract/index.ts';

/** The whole contract as data: each name with its description and JSON Schemas (of what a caller writes, so defaults may be left out). */
export function describeContract(): object {
  return {
    contract: contractVersion,
    calls: mapValues(calls, ({ description, input, output }) => ({ description, input: toSchema(input, 'input'), output: toSchema(output, 'output') })),
    events: mapValues(events, ({ description, payload }) => ({ description, payload: toSchema(payload, 'output') })),
    streams: mapValues(streams, ({ description, input }) => ({ description, input: toSchema(input, 'input') })),
  };
}

function toSchema(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

function mapValues<T, R>(table: Readonly<Record<string, T>>, change: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, change(value)]));
}
