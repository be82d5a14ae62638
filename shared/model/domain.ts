import { z } from 'zod';
import { projectIdSchema, timeSchema, workspaceIdSchema } from './ids.ts';

export const portSchema = z.int().min(1).max(65_535);

/** Twelve lower-case hex digits. */
export const ruleIdSchema = z.string().regex(/^[0-9a-f]{12}$/);

/**
 * Where a rule holds, and for how long: `once` until a minute after the first connection that it let out, `session` until the workspace
 * stops, `workspace` there for good; `project` in every workspace of the project, `global` in every workspace.
 */
export const ruleScopeSchema = z.enum(['once', 'session', 'workspace', 'project', 'global']);
export type RuleScope = z.infer<typeof ruleScopeSchema>;

/** Narrows a rule to some requests of plain HTTP (port 80): what is inside TLS is not looked at. Only for a rule of one exact name. */
export const httpRuleSchema = z.strictObject({
  /** Empty: every method. */
  methods: z
    .array(z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']))
    .max(7)
    .default([]),
  /** Begins with "/". Matches the path's beginning, on a segment's boundary: `/a` lets `/a` and `/a/b` out, not `/ab`. */
  pathPrefix: z.string().min(1).max(512).default('/'),
});
export type HttpRule = z.infer<typeof httpRuleSchema>;

/** A deny rule wins over every allow rule. */
export const ruleSchema = z.object({
  /** Follows from scope, owner, verdict, pattern, ports and `http`: the same rule added again has the same id, and takes the new rest. */
  id: ruleIdSchema,
  verdict: z.enum(['allow', 'deny']),
  /** `api.example.com`, or `*.example.com` for every name below it (on a dot boundary, without `example.com` itself). Normalised: lower case, punycode, no trailing dot. */
  pattern: z.string(),
  /** Ascending. Empty: 80 and 443 for an allow rule, every port for a deny rule. Other ports are TCP by name: exact names only. */
  ports: z.array(portSchema).max(16),
  http: httpRuleSchema.optional(),
  /**
   * Also lets the name have an address that is refused otherwise: private, carrier-grade NAT, link-local, or one of the host's own.
   * Whatever a rule says, these stay refused: loopback (it would be the gateway), the workspace's own network, multicast,
   * unspecified and reserved addresses, metadata services of clouds (`resources/network/refused-ranges.json`, "never").
   */
  allowPrivate: z.boolean(),
  /** Of a deny rule: what it refuses is kept, but not shown unless asked for. */
  quiet: z.boolean(),
  scope: ruleScopeSchema,
  /** Whose it is: of a rule of scope `project`, and of the scopes of one workspace. */
  projectId: projectIdSchema.optional(),
  workspaceId: workspaceIdSchema.optional(),
  /** It is taken away then. */
  expiresAt: timeSchema.optional(),
  note: z.string().max(200).optional(),
  /** `project`: where its files come from. `learning`: accepted in a review of what learning found. */
  addedBy: z.enum(['agent', 'project', 'user', 'preset', 'learning']),
  /** Id of the preset, when `addedBy` is `preset`. */
  preset: z.string().optional(),
  addedAt: timeSchema,
  /** Connections that it decided since midnight UTC, and the last of them. Counted from the recorded decisions. */
  hits: z.int().optional(),
  lastHitAt: timeSchema.optional(),
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
  /** `tcp`: by name, through the forwarder. `other`: named no host. */
  protocol: z.enum(['http', 'tls', 'tcp', 'other']),
  verdict: z.enum(['allowed', 'blocked']),
  /**
   * Why: a rule of the list (`rule` of an allowed one, `denied` by a deny rule), the mode, not on the list, on it but not for this method or
   * path (`other-request`), resolved to a refused address, did not resolve, no name given.
   */
  reason: z.enum(['rule', 'denied', 'mode', 'not-listed', 'other-request', 'refused-address', 'unresolved', 'malformed']),
  /** The rule that decided, while it was known. */
  rule: ruleIdSchema.optional(),
  /** Refused by a quiet deny rule. */
  quiet: z.literal(true).optional(),
  /** IPv4 that the name had, when it was asked for. */
  address: z.string().optional(),
  /** As the container reports, where it could be told: untrusted text. The program's name and first words, and the worktree it ran in. */
  program: z.string().max(200).optional(),
  worktree: z.string().max(200).optional(),
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
  /** As the container reports: untrusted text. */
  program: z.string().max(200).optional(),
});
export type Blocked = z.infer<typeof blockedSchema>;

/** How a blocked name can be answered. `deny-silently` makes a quiet deny rule. Both denials hold for the project. */
export const answerSchema = z.enum(['once', 'session', 'project', 'always', 'deny', 'deny-silently']);
export type Answer = z.infer<typeof answerSchema>;

/** What can be put on a list with one click: data, `resources/presets`. */
export const presetSchema = z.object({
  id: z.string(),
  title: z.string(),
  kind: z.enum(['agent', 'packages', 'git', 'system', 'services']),
  /** Patterns, as suffix wildcards where a vendor uses many names; `host:22` for another port. */
  domains: z.array(z.string()),
  /** Every one of its domains is on the list. */
  on: z.boolean(),
  /** Why this project seems to need it, in words; absent: nothing tells so. */
  because: z.string().optional(),
});
export type Preset = z.infer<typeof presetSchema>;

/** One line of the smallest list that would have let out what was seen while learning. */
export const learnedSchema = z.object({
  /** Name, or `*.name` where several names below one domain were seen. */
  pattern: z.string(),
  ports: z.array(portSchema),
  /** The names that were seen, at most 20. */
  hosts: z.array(z.string()),
  /** As the container reports: untrusted text. */
  program: z.string().max(200).optional(),
  /** Id of a preset that holds it. */
  preset: z.string().optional(),
  /** A rule lets it out already. */
  covered: z.boolean(),
  requests: z.int(),
  bytesUp: z.int(),
  bytesDown: z.int(),
  /** What it looks like, by its name and by what went which way. */
  looksLike: z.enum(['telemetry']).optional(),
  /** Whether it is proposed: ticked at first. */
  proposed: z.boolean(),
  /** It had an address that is refused without a rule that says private: such connections were refused while learning too. */
  needsPrivate: z.boolean(),
});
export type Learned = z.infer<typeof learnedSchema>;

export const learningReviewSchema = z.object({
  since: timeSchema,
  /** When it ended, or will end by itself. */
  until: timeSchema,
  running: z.boolean(),
  learned: z.array(learnedSchema),
});
export type LearningReview = z.infer<typeof learningReviewSchema>;
