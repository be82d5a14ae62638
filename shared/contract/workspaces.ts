import { z } from 'zod';
import { agentSchema, agentTypeSchema } from '../model/agent.ts';
import { projectIdSchema, workspaceIdSchema } from '../model/ids.ts';
import { selfTestReportSchema } from '../model/selftest.ts';
import { environmentSchema, limitsSchema, networkModeSchema, workspaceDetailsSchema, workspaceNameSchema, workspaceSchema } from '../model/workspace.ts';
import { call } from './define.ts';

const one = z.object({ workspaceId: workspaceIdSchema });

export const workspaceCalls = {
  'workspaces.create': call(
    'Makes a workspace and answers once it is ready: image, tools, wall (tested), container. Progress is in the live state; `workspaces.cancel` stops it and leaves nothing.',
    z.object({
      projectId: projectIdSchema,
      agent: agentTypeSchema,
      mode: networkModeSchema.default('restricted'),
      /** Unique within the project; by default the agent's name, numbered when taken. */
      name: workspaceNameSchema.optional(),
      /** Variables of the agent container. A known API key in here goes to the vault instead. */
      env: environmentSchema.default({}),
      cpus: limitsSchema.shape.cpus.optional(),
      memoryMb: limitsSchema.shape.memoryMb.optional(),
      pidsLimit: limitsSchema.shape.pidsLimit.optional(),
      /** Starts the agent without its own permission prompts: the container is the fence. */
      skipPermissions: z.boolean().default(false),
      model: z.string().max(200).optional(),
      extraArguments: z.array(z.string().max(4096)).max(64).default([]),
    }),
    workspaceSchema,
  ),
  'workspaces.cancel': call('Stops the creation of a workspace and removes what it made so far.', one, z.object({})),
  'workspaces.list': call('All workspaces, in the order they were made.', z.object({ projectId: projectIdSchema.optional() }), z.array(workspaceSchema)),
  'workspaces.inspect': call('A workspace with its containers, networks, volumes and folders.', one, workspaceDetailsSchema),
  'workspaces.start': call('Starts a stopped workspace, wall first; answers once it is ready.', one, workspaceSchema),
  'workspaces.stop': call('Stops it gracefully: the agent has 30 s.', one, workspaceSchema),
  'workspaces.remove': call("Removes a workspace's containers, network, volumes and folders. The project's folder is not touched.", one, z.object({})),
  'selftest.run': call('Tries, from inside the agent container, to get around the wall; answers what was tried and seen.', one, selfTestReportSchema),
  'agents.list': call('The agent types, with version, whether it is installed, and whether a key is present.', z.object({}), z.array(agentSchema)),
  'agents.setKey': call(
    'Keeps an API key in memory for this session of the core; null forgets it. Running workspaces get it at once.',
    z.object({
      agent: agentTypeSchema,
      apiKey: z
        .string()
        .min(1)
        .max(4096)
        .regex(/^[\x21-\x7e]+$/, 'A key is one word of printable ASCII.')
        .nullable(),
    }),
    z.object({}),
  ),
} as const;
