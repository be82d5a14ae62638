import { z } from 'zod';
import { keyKeptSchema } from './keychain.ts';

/** Agent types that come with Forgehold; the user adds others as data (`agent-definition.ts`). */
export const builtInAgents = ['claude-code', 'codex', 'shell'] as const;

/** Names an agent type; the registry in `electron/agents` knows what it means, or that nobody knows it any more. */
export const agentTypeSchema = z
  .string()
  .max(32)
  .regex(/^[a-z][a-z0-9-]*$/, 'An agent type is named by lower-case letters, digits and dash.');
export type AgentType = z.infer<typeof agentTypeSchema>;

export function isBuiltIn(agent: AgentType): boolean {
  return (builtInAgents as readonly AgentType[]).includes(agent);
}

export const agentSchema = z.object({
  agent: agentTypeSchema,
  title: z.string(),
  /** The version of its CLI that new workspaces get; absent for `shell`. */
  version: z.string().optional(),
  /** Whether the CLI lies complete in the tools volume. */
  installed: z.boolean(),
  /** The environment variable its API key is known by; absent when it needs none. */
  keyName: z.string().optional(),
  /** All variables that are known to hold a key of it; they belong into no command line. */
  keyNames: z.array(z.string()).optional(),
  /** Whether the vault has a key to give. The key itself never crosses this contract. */
  keyPresent: z.boolean(),
  /** Where that key is; absent when there is none. One that is `unread` or `unreadable` is not present. */
  keyKept: keyKeptSchema.optional(),
  /** Domains a new workspace of this agent allows. */
  domains: z.array(z.string()),
});
export type Agent = z.infer<typeof agentSchema>;
