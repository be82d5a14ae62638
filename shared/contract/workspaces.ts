import { z } from 'zod';
import { wireErrorSchema } from '../errors.ts';
import { agentDefinitionSchema, agentImportsSchema } from '../model/agent-definition.ts';
import { agentSchema, agentTypeSchema } from '../model/agent.ts';
import { projectIdSchema, workspaceIdSchema } from '../model/ids.ts';
import { keychainStateSchema, keyKeptSchema } from '../model/keychain.ts';
import { editPlanSchema, optionChangesSchema, resolvedOptionsSchema, workspaceOptionsSchema } from '../model/options.ts';
import { removalSchema } from '../model/removal.ts';
import { selfTestReportSchema } from '../model/selftest.ts';
import { workspaceDetailsSchema, workspaceNameSchema, workspaceSchema } from '../model/workspace.ts';
import { call, stream } from './define.ts';

const one = z.object({ workspaceId: workspaceIdSchema });

/** Of several workspaces, each by itself: those that did it, and why others did not. */
export const changedAllSchema = z.object({
  workspaces: z.array(workspaceSchema),
  failures: z.array(z.object({ workspaceId: workspaceIdSchema, error: wireErrorSchema })),
});
export type ChangedAll = z.infer<typeof changedAllSchema>;

export const workspaceCalls = {
  'workspaces.create': call(
    'Makes a workspace and answers once it is ready: image, tools, wall (tested), container. Progress is in the live state; `workspaces.cancel` stops it and leaves nothing.',
    z.object({
      projectId: projectIdSchema,
      agent: agentTypeSchema,
      /** Unique within the project; by default the agent's name, numbered when taken. */
      name: workspaceNameSchema.optional(),
      ...workspaceOptionsSchema.shape,
    }),
    workspaceSchema,
  ),
  'workspaces.cancel': call(
    'Stops the creation of a workspace and removes what it made so far; or its recreation, and the old container is back.',
    one,
    z.object({}),
  ),
  'workspaces.list': call('All workspaces, in the order they were made.', z.object({ projectId: projectIdSchema.optional() }), z.array(workspaceSchema)),
  'workspaces.inspect': call('A workspace with its containers, networks, volumes and folders.', one, workspaceDetailsSchema),
  'workspaces.start': call('Starts a stopped workspace, wall first; answers once it is ready. A paused one goes on.', one, workspaceSchema),
  'workspaces.stop': call('Stops it gracefully: the agent has 30 s.', one, workspaceSchema),
  'workspaces.restart': call('Stops it gracefully and starts it again, wall first.', one, workspaceSchema),
  'workspaces.pause': call(
    'Freezes all processes of a running workspace where they stand; they take no CPU time and keep their memory. Its wall stays up. Connections may be given up by the far side meanwhile.',
    one,
    workspaceSchema,
  ),
  'workspaces.resume': call(
    'Lets a paused workspace go on. Its wall is raised first, and tested when it fell meanwhile or was not watched.',
    one,
    workspaceSchema,
  ),
  'workspaces.pauseAll': call('Pauses every running workspace.', z.object({}), changedAllSchema),
  'workspaces.resumeAll': call('Lets every paused workspace go on.', z.object({}), changedAllSchema),
  'workspaces.rename': call('Changes its display name, without recreation.', one.extend({ name: workspaceNameSchema }), workspaceSchema),
  'workspaces.resolve': call(
    'What a workspace of the project would be made of, and which layer decides each option.',
    z.object({ projectId: projectIdSchema, agent: agentTypeSchema, options: workspaceOptionsSchema.default({}) }),
    resolvedOptionsSchema,
  ),
  'workspaces.plan': call(
    'Which of these changes take effect at once, and which need a recreation.',
    one.extend({ changes: optionChangesSchema }),
    editPlanSchema,
  ),
  'workspaces.edit': call(
    'Changes options. Live ones take effect at once; the rest waits for a recreation, which `recreate` does too.',
    one.extend({ changes: optionChangesSchema, recreate: z.boolean().default(false) }),
    workspaceSchema,
  ),
  'workspaces.recreate': call(
    'Makes its container anew: the new one is started and its wall proven before the old one goes; a failure at any step leaves the old one as it was.',
    one,
    workspaceSchema,
  ),
  'workspaces.duplicate': call(
    'Another workspace of the same project with the same options, and a home and git of its own.',
    one.extend({ name: workspaceNameSchema.optional() }),
    workspaceSchema,
  ),
  'workspaces.removal': call('What removing it would take away, what it leaves, and work that lies nowhere else.', one, removalSchema),
  'workspaces.remove': call(
    "Removes a workspace's containers, network, volumes and folders. The project's folder is not touched. Work that lies nowhere else needs `discard`.",
    one.extend({ discard: z.boolean().default(false) }),
    z.object({}),
  ),
  'workspaces.install': call(
    'Installs Debian packages in a running workspace that allows system packages, as root, through its wall; answers the end of what apt said.',
    one.extend({ packages: z.array(z.string().min(1).max(256)).min(1).max(256) }),
    z.object({ exitCode: z.int(), output: z.string() }),
  ),
  'images.check': call(
    'Whether an image can be used for workspaces: pulls it if need be, and looks for each program that is needed, by `test -x` alone.',
    z.object({ image: workspaceOptionsSchema.shape.image.unwrap(), engine: z.string().max(128).optional() }),
    z.object({
      usable: z.boolean(),
      /** Needed programs that it lacks, and how to add each. */
      missing: z.array(z.object({ program: z.string(), why: z.string(), how: z.string() })),
    }),
  ),
  'mounts.check': call(
    'Whether a folder of the host may be mounted: as it is, after a typed confirmation, or not at all.',
    z.object({ source: z.string().min(1).max(4096), readOnly: z.boolean().default(true) }),
    z.object({
      verdict: z.enum(['fine', 'confirm', 'refused']),
      /** Links resolved; what `confirmed` must say. */ resolved: z.string(),
      reason: z.string().optional(),
    }),
  ),
  'caches.list': call(
    'The package caches that workspaces of a project may share, by name.',
    z.object({}),
    z.array(z.object({ id: z.string(), title: z.string() })),
  ),
  'selftest.run': call('Tries, from inside the agent container, to get around the wall; answers what was tried and seen.', one, selfTestReportSchema),
  'agents.list': call('The agent types, with version, whether it is installed, and whether a key is present.', z.object({}), z.array(agentSchema)),
  'agents.setKey': call(
    'Keeps an API key in the keychain, or where there is none in memory until the core ends; null forgets it. Running workspaces get it at once.',
    z.object({
      agent: agentTypeSchema,
      /** The variable it is known by, of an agent that has several. Absent: it takes the place of all keys of the agent. */
      name: z.string().max(128).optional(),
      apiKey: z
        .string()
        .min(1)
        .max(4096)
        .regex(/^[\x21-\x7e]+$/, 'A key is one word of printable ASCII.')
        .nullable(),
    }),
    z.object({ kept: keyKeptSchema.optional(), keychain: keychainStateSchema }),
  ),
  'agents.define': call('Adds an agent type, or replaces one the user added. Built-in ones stay as they are.', agentDefinitionSchema, agentSchema),
  'agents.definitions': call('The agent types the user added, as data.', z.object({}), z.array(agentDefinitionSchema)),
  'agents.forget': call('Takes away an agent type the user added, unless a workspace uses it.', z.object({ agent: agentTypeSchema }), z.object({})),
  'agents.imports': call(
    "What an agent gets of the user's own files and settings, and what is left out and why.",
    z.object({ agent: agentTypeSchema }),
    agentImportsSchema,
  ),
} as const;

export const workspaceStreams = {
  'workspaces.logs': stream(
    'What its containers print: messages of one tag byte (1 standard output, 2 standard error) and the bytes. One that follows ends when the container does.',
    one.extend({
      role: z.enum(['agent', 'gateway']).default('agent'),
      /** Last lines to begin with. */
      tail: z.int().min(0).max(100_000).default(500),
      follow: z.boolean().default(true),
    }),
  ),
} as const;
