import { z } from 'zod';
import { belongingOf } from './jail.ts';
import type { EngineEvent } from './types.ts';

/**
 * Both shapes that engines send: up to API 1.51 with `status`, `id` and `from` on top as well; from 1.52 on only `Action` and `Actor`.
 * Docker API, "Monitor events".
 */
const rawEventSchema = z.object({
  Type: z.string().default('container'),
  Action: z.string().optional(),
  status: z.string().optional(),
  id: z.string().optional(),
  Actor: z.object({ ID: z.string().optional(), Attributes: z.record(z.string(), z.string()).nullish() }).optional(),
  timeNano: z.union([z.number(), z.bigint()]).optional(),
  time: z.number().optional(),
});

export type RawEvent = Omit<EngineEvent, 'belonging'> & { readonly labels: Readonly<Record<string, string>> };

const types = ['container', 'network', 'volume'] as const;

/** One line of the event stream; null for what nobody asked for: other types, exec and health noise. */
export function readEvent(line: string): RawEvent | null {
  const raw = rawEventSchema.parse(JSON.parse(line));
  const type = types.find((known) => known === raw.Type);
  // `exec_create: sh -c …`, `health_status: healthy`: what follows the colon is data.
  const action = (raw.Action ?? raw.status ?? '').split(':', 1)[0]!.trim();
  const id = raw.Actor?.ID ?? raw.id;
  if (type === undefined || id === undefined || action === '' || action.startsWith('exec_') || action === 'health_status' || action === 'top') return null;
  const attributes = raw.Actor?.Attributes ?? {};
  return { type, action, id, name: attributes['name'] ?? id, attributes, labels: attributes, timeNano: readNano(line, raw.time) };
}

export function withBelonging({ labels, ...event }: RawEvent): EngineEvent {
  return { ...event, belonging: belongingOf(labels) };
}

/** From the text: nanoseconds do not fit into a double, and the last digits decide whether an event comes twice. */
function readNano(line: string, seconds: number | undefined): bigint {
  const digits = /"timeNano":\s*(\d+)/.exec(line)?.[1];
  return digits === undefined ? BigInt(seconds ?? 0) * 1_000_000_000n : BigInt(digits);
}
