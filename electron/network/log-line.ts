import { z } from 'zod';
import { type Decision, ruleIdSchema } from '../../shared/model/domain.ts';

/** A line longer than this is none of ours: names are cut to 253 bytes, six characters each when escaped. */
export const MAX_LINE = 8192;

const count = z.int().nonnegative();
const port = z.int().min(0).max(65_535);
const common = { at: z.int().positive(), id: z.string().max(64), protocol: z.enum(['http', 'tls', 'tcp']), port, source: port };
const lineSchema = z.discriminatedUnion('event', [
  z.object({
    ...common,
    event: z.literal('decided'),
    id: common.id.regex(/^[0-9a-f]+-\d+$/),
    name: z.string().max(253),
    verdict: z.enum(['allow', 'deny']),
    reason: z.enum(['rule', 'denied', 'mode', 'not-listed', 'other-request', 'refused-address', 'unresolved', 'malformed']),
    address: z.union([z.ipv4(), z.literal('')]),
    rule: z.union([ruleIdSchema, z.literal('')]),
    quiet: z.boolean(),
  }),
  z.object({ ...common, event: z.literal('ended'), up: count, down: count, state: z.string().max(8) }),
]);

export type Decided = {
  readonly event: 'decided';
  /** `<run of the gateway>-<count>`: unique within a workspace. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly host: string;
  readonly port: number;
  readonly protocol: Decision['protocol'];
  readonly source: number;
  readonly verdict: Decision['verdict'];
  readonly reason: Decision['reason'];
  /** IPv4 it was let out to, or refused for; '' when it was never asked. */
  readonly address: string;
  /** The rule that decided. */
  readonly rule?: string;
  /** By a quiet deny rule. */
  readonly quiet: boolean;
};
export type Ended = { readonly event: 'ended'; readonly id: string; readonly up: number; readonly down: number };

/**
 * One line of the gateway's log; null when it is malformed: parts of it are the client's bytes, so anything may come.
 * A connection that ended without a decision named no host, or was no TLS or HTTP.
 */
export function parseLine(text: string): Decided | Ended | null {
  const line = lineSchema.safeParse(parseJson(text)).data;
  if (line === undefined) return null;
  const { at, protocol, port, source } = line;
  if (line.event === 'decided') {
    const verdict = line.verdict === 'allow' ? 'allowed' : 'blocked';
    const { id, name: host, reason, address, rule, quiet } = line;
    return { event: 'decided', id, at, host, port, protocol, source, verdict, reason, address, ...(rule !== '' && { rule }), quiet };
  }
  if (!isUndecided(line.id)) return { event: 'ended', id: line.id, up: line.up, down: line.down };
  const id = `x${at}.${source}.${protocol}`;
  return { event: 'decided', id, at, host: '', port, protocol: 'other', source, verdict: 'blocked', reason: 'malformed', address: '', quiet: false };
}

/** A variable that was never set is `-` in a log format of HAProxy's. */
function isUndecided(id: string): boolean {
  return id === '' || id === '-';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Not JSON is malformed like any other; nothing else is thrown here.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
