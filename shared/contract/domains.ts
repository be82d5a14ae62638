import { z } from 'zod';
import { blockedSchema, decisionSchema, ruleSchema } from '../model/domain.ts';
import { workspaceIdSchema } from '../model/ids.ts';
import { networkModeSchema, workspaceSchema } from '../model/workspace.ts';
import { call, event } from './define.ts';

const one = z.object({ workspaceId: workspaceIdSchema });
/** Parsed and normalised by the core, which says what is wrong with it. */
const patternSchema = z.string().min(1).max(512);

export const domainCalls = {
  'domains.list': call(
    "A workspace's rules, and the names it was refused lately.",
    one,
    z.object({ rules: z.array(ruleSchema), blocked: z.array(blockedSchema) }),
  ),
  'domains.add': call(
    'Allows `name` or `*.name`; holds for the next connection. Adding it again changes `allowPrivate`.',
    one.extend({ pattern: patternSchema, allowPrivate: z.boolean().default(false) }),
    ruleSchema,
  ),
  'domains.remove': call('Takes a rule away; connections it let out end.', one.extend({ pattern: patternSchema }), z.object({})),
  'domains.setMode': call('restricted, full or none, without recreating anything.', one.extend({ mode: networkModeSchema }), workspaceSchema),
  'domains.decisions': call(
    'What was allowed and blocked, newest first.',
    one.extend({ limit: z.int().min(1).max(1000).default(200), before: z.int().optional(), verdict: decisionSchema.shape.verdict.optional() }),
    z.array(decisionSchema),
  ),
  'domains.dismiss': call('Takes a name off the list of blocked names, without allowing it.', one.extend({ host: z.string().max(253) }), z.object({})),
} as const;

export const domainEvents = {
  'domains.decided': event('A connection was allowed or blocked, or one has ended (same seq, with its bytes).', decisionSchema),
} as const;
