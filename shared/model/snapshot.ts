import { z } from 'zod';
import { agentSchema } from './agent.ts';
import { blockedSchema } from './domain.ts';
import { engineStateSchema } from './engine.ts';
import { engineInUseSchema } from './engines.ts';
import { workspaceIdSchema } from './ids.ts';
import { projectSchema } from './project.ts';
import { stepSchema } from './step.ts';
import { terminalSchema } from './terminal.ts';
import { workspaceSchema } from './workspace.ts';

/** All that a screen needs to begin. A client takes one, then applies each change whose `seq` is the next; on a gap it takes another. */
export const snapshotSchema = z.object({
  seq: z.int(),
  /** The default engine. */
  engine: engineStateSchema,
  /** Every engine that projects use, the default first. */
  engines: z.array(engineInUseSchema),
  /** Images and tools being made ready; empty when all is. */
  preparation: z.array(stepSchema),
  agents: z.array(agentSchema),
  projects: z.array(projectSchema),
  workspaces: z.array(workspaceSchema),
  terminals: z.array(terminalSchema),
  /** Names blocked and not yet answered, by workspace: the newest 50, and how many there are. */
  blocked: z.array(z.object({ workspaceId: workspaceIdSchema, hosts: z.array(blockedSchema).max(50), total: z.int() })),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

/** One change of the snapshot: an entity in its new form, or gone. */
export const changeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('engine'), value: engineStateSchema }),
  z.object({ kind: z.literal('engines'), value: z.array(engineInUseSchema) }),
  z.object({ kind: z.literal('preparation'), value: z.array(stepSchema) }),
  z.object({ kind: z.literal('agents'), value: z.array(agentSchema) }),
  z.object({ kind: z.literal('project'), id: z.string(), value: projectSchema.nullable() }),
  z.object({ kind: z.literal('workspace'), id: z.string(), value: workspaceSchema.nullable() }),
  z.object({ kind: z.literal('terminal'), id: z.string(), value: terminalSchema.nullable() }),
  z.object({ kind: z.literal('blocked'), id: workspaceIdSchema, value: z.object({ hosts: z.array(blockedSchema).max(50), total: z.int() }) }),
]);
export type Change = z.infer<typeof changeSchema>;
