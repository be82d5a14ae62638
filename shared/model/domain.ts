import { z } from 'zod';
import { timeSchema, workspaceIdSchema } from './ids.ts';

/** `api.example.com`, or `*.example.com` for every name below it (on a dot boundary, without `example.com` itself). Normalised: lower case, punycode, no trailing dot. */
export const ruleSchema = z.object({
  pattern: z.string(),
  /**
   * Also lets the name have an address that is refused otherwise: private, carrier-grade NAT, link-local, or one of the host's own.
   * Whatever a rule says, these stay refused: loopback (it would be the gateway), the workspace's own network, multicast,
   * unspecified and reserved addresses, metadata services of clouds (`resources/network/refused-ranges.json`, "never").
   */
  allowPrivate: z.boolean(),
  addedBy: z.enum(['agent', 'user', 'preset']),
  addedAt: timeSchema,
});
export type Rule = z.infer<typeof ruleSchema>;

export const decisionSchema = z.object({
  /** Increases by one within the workspace. */
  seq: z.int(),
  workspaceId: workspaceIdSchema,
  time: timeSchema,
  /** As the client wrote it, lower-cased; at most 253 characters are kept. Untrusted: render as text. */
  host: z.string(),
  port: z.int(),
  protocol: z.enum(['http', 'tls', 'other']),
  verdict: z.enum(['allowed', 'blocked']),
  /** Why: a rule of the list, the mode, not on the list, resolved to a refused address, did not resolve, no name given. */
  reason: z.enum(['rule', 'mode', 'not-listed', 'refused-address', 'unresolved', 'malformed']),
  /** Bytes up and down once the connection has ended. */
  bytesUp: z.int().optional(),
  bytesDown: z.int().optional(),
});
export type Decision = z.infer<typeof decisionSchema>;

/** Blocked names, grouped: what the screen offers to allow. */
export const blockedSchema = z.object({
  host: z.string(),
  port: z.int(),
  reason: decisionSchema.shape.reason,
  tries: z.int(),
  firstAt: timeSchema,
  lastAt: timeSchema,
});
export type Blocked = z.infer<typeof blockedSchema>;
