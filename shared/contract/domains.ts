import { z } from 'zod';
import {
  answerSchema,
  blockedSchema,
  decisionSchema,
  httpRuleSchema,
  learningReviewSchema,
  portSchema,
  presetSchema,
  ruleIdSchema,
  ruleSchema,
  ruleScopeSchema,
} from '../model/domain.ts';
import { projectIdSchema, timeSchema, workspaceIdSchema } from '../model/ids.ts';
import { selfTestReportSchema } from '../model/selftest.ts';
import { networkModeSchema } from '../model/workspace-parts.ts';
import { workspaceSchema } from '../model/workspace.ts';
import { call, event } from './define.ts';

const one = z.object({ workspaceId: workspaceIdSchema });
/** Parsed and normalised by the core, which says what is wrong with it. */
const patternSchema = z.string().min(1).max(512);
/** Whose list: a workspace's, a project's, or with neither the list for all projects. */
const ownerSchema = z.object({ workspaceId: workspaceIdSchema.optional(), projectId: projectIdSchema.optional() });
const refusedLineSchema = z.object({ /** From 1. */ line: z.int(), text: z.string(), reason: z.string() });

/** How a rule is to be; `scope` decides which owner is needed (a workspace's project serves for `project`). */
const ruleInputSchema = ownerSchema.extend({
  pattern: patternSchema,
  verdict: ruleSchema.shape.verdict.default('allow'),
  ports: z.array(portSchema).max(16).default([]),
  http: httpRuleSchema.optional(),
  allowPrivate: z.boolean().default(false),
  quiet: z.boolean().default(false),
  scope: ruleScopeSchema.default('workspace'),
  /** Takes it away after so many minutes. */
  minutes: z.int().min(1).max(525_600).optional(),
  note: z.string().max(200).optional(),
});

export const domainCalls = {
  'domains.list': call(
    "The rules that hold in a workspace (its own, the project's, those for all projects), and the names it was refused lately.",
    one,
    z.object({ rules: z.array(ruleSchema), blocked: z.array(blockedSchema) }),
  ),
  'domains.all': call('Every rule of the installation.', z.object({}), z.array(ruleSchema)),
  'domains.add': call(
    'Allows or denies `name` or `*.name`; holds for the next connection. A port may be written with the name. Adding it again changes the rest of it.',
    ruleInputSchema,
    ruleSchema,
  ),
  'domains.addMany': call(
    'One rule a line, as `domains.add` takes it (`name`, `*.name`, `name:port`, `!name` for a deny rule, `# note`). Lines that cannot be rules are answered, and change nothing.',
    ruleInputSchema.omit({ pattern: true }).extend({ text: z.string().max(262_144) }),
    z.object({ added: z.array(ruleSchema), refused: z.array(refusedLineSchema) }),
  ),
  'domains.remove': call(
    "Takes rules away, by id or by the pattern that a workspace's own list has; connections that only they let out end.",
    z.object({ ids: z.array(ruleIdSchema).max(1000).default([]), workspaceId: workspaceIdSchema.optional(), pattern: patternSchema.optional() }),
    z.object({ removed: z.array(ruleSchema) }),
  ),
  'domains.restore': call(
    'Puts rules back as they were, such as those that a removal answered.',
    z.object({ rules: z.array(ruleSchema).max(1000) }),
    z.object({}),
  ),
  'domains.answer': call(
    'Answers a blocked name of a workspace.',
    one.extend({ host: z.string().min(1).max(253), port: portSchema, answer: answerSchema, allowPrivate: z.boolean().default(false) }),
    ruleSchema,
  ),
  'domains.dismiss': call('Takes a name off the list of blocked names, without allowing it.', one.extend({ host: z.string().max(253) }), z.object({})),
  'domains.setMode': call(
    'restricted, full, none or learning, without recreating anything. Learning lets everything out that full does, and goes back to restricted by itself.',
    one.extend({ mode: networkModeSchema, /** Of learning. */ minutes: z.int().min(1).max(1440).default(60) }),
    workspaceSchema,
  ),
  'domains.learned': call(
    'What learning found, as the smallest list that would have let it out; null when there is nothing to review.',
    one,
    learningReviewSchema.nullable(),
  ),
  'domains.acceptLearned': call(
    'Adds these as rules of the project (scope `project`), forgets the review, and goes back to restricted.',
    one.extend({ rules: z.array(z.object({ pattern: patternSchema, ports: z.array(portSchema).max(16), allowPrivate: z.boolean().default(false) })).max(500) }),
    z.object({ added: z.array(ruleSchema), workspace: workspaceSchema }),
  ),
  'domains.discardLearned': call('Forgets the review. Learning that runs goes on, from now.', one, z.object({})),
  'domains.presets': call('The presets, those first that the project seems to need.', ownerSchema, z.array(presetSchema)),
  'domains.setPreset': call(
    'Puts the domains of a preset on a list, or takes them off it.',
    ownerSchema.extend({ preset: z.string().max(64), on: z.boolean() }),
    z.array(presetSchema),
  ),
  'domains.export': call('A list of rules as JSON, to be kept or imported elsewhere.', ownerSchema, z.object({ text: z.string() })),
  'domains.import': call(
    'Reads a list: ours, a `devcontainer.json`, the settings of another sandbox, or lines. With `dryRun` it only answers what it would add.',
    ownerSchema.extend({ text: z.string().max(1_048_576), dryRun: z.boolean().default(false) }),
    z.object({ format: z.string(), rules: z.array(ruleSchema), refused: z.array(refusedLineSchema) }),
  ),
  'domains.decisions': call(
    'What was allowed and blocked, newest first; without a workspace, of all of them.',
    z.object({
      workspaceId: workspaceIdSchema.optional(),
      limit: z.int().min(1).max(1000).default(200),
      /** Of one workspace: decisions before this one. */
      before: z.int().optional(),
      /** Decisions before this time. */
      until: timeSchema.optional(),
      verdict: decisionSchema.shape.verdict.optional(),
      /** A part of host, program or worktree; any case. */
      search: z.string().max(253).optional(),
      /** Those of quiet deny rules too. */
      quiet: z.boolean().default(false),
    }),
    z.array(decisionSchema),
  ),
  'selftest.last': call('The report of the last self-test of a workspace, however long ago; null before the first.', one, selfTestReportSchema.nullable()),
} as const;

export const domainEvents = {
  'domains.decided': event('A connection was allowed or blocked, or one has ended or became known better (same seq).', decisionSchema),
  'domains.rulesChanged': event('Rules were added, changed or taken away, or a review of learning came or went.', z.object({})),
} as const;
