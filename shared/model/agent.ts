import { z } from 'zod';

/** Names of the built-in agent types; the registry in `electron/agents` knows what each means. */
export const agentTypeSchema = z.enum(['claude-code', 'codex', 'shell']);
export type AgentType = z.infer<typeof agentTypeSchema>;

export const agentSchema = z.object({
  agent: agentTypeSchema,
  title: z.string(),
  /** The version of its CLI that new workspaces get; absent for `shell`. */
  version: z.string().optional(),
  /** Whether the CLI lies complete in the tools volume. */
  installed: z.boolean(),
  /** The environment variable its API key is known by; absent when it needs none. */
  keyName: z.string().optional(),
  /** Whether the vault holds a key. The key itself never crosses this contract. */
  keyPresent: z.boolean(),
  /** Domains a new workspace of this agent allows. */
  domains: z.array(z.string()),
});
export type Agent = z.infer<typeof agentSchema>;
