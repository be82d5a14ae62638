import { z } from 'zod';
import { hostPathSchema, projectIdSchema } from '../model/ids.ts';
import { optionChangesSchema } from '../model/options.ts';
import { projectFindingsSchema } from '../model/project-file.ts';
import { folderSchema, projectSchema } from '../model/project.ts';
import { removalSchema } from '../model/removal.ts';
import { call } from './define.ts';

const one = z.object({ projectId: projectIdSchema });

export const projectCalls = {
  'projects.create': call(
    'Adds a folder of the host. Adding it again, under any spelling of its path, gives the same project.',
    z.object({ path: hostPathSchema }),
    projectSchema,
  ),
  'projects.list': call('All projects, in the order they were added.', z.object({}), z.array(projectSchema)),
  'projects.clone': call(
    'Adds a repository by its URL; each workspace clones it inside its wall. Credentials in the URL are refused.',
    z.object({
      url: z.string().min(1).max(2048),
      engine: z.string().max(128).optional(),
      /** `temporary`: the clone goes when its workspace stops. */
      keep: z.enum(['named', 'temporary']).default('named'),
    }),
    projectSchema,
  ),
  'projects.edit': call(
    'Changes what is given: its name, its engine (only while it has no workspace), options its new workspaces begin with.',
    one.extend({ name: z.string().trim().min(1).max(64).optional(), engine: z.string().max(128).optional(), preset: optionChangesSchema.optional() }),
    projectSchema,
  ),
  'projects.findings': call(
    'What in its folder may shape a workspace: project file, devcontainer, the tools it uses. Nothing of it is run.',
    one,
    projectFindingsSchema,
  ),
  'projects.trust': call(
    'Lets new and recreated workspaces follow this file, in exactly the form the user has seen; `hash: null` takes that back.',
    one.extend({ path: hostPathSchema, hash: z.string().max(64).nullable() }),
    projectFindingsSchema,
  ),
  'projects.removal': call('What removing it would take away, what it leaves, and work that lies nowhere else.', one, removalSchema),
  'projects.remove': call(
    'Forgets a project and removes its workspaces. The folder itself is not touched. Work that lies nowhere else needs `discard`.',
    one.extend({ discard: z.boolean().default(false) }),
    z.object({}),
  ),
  'projects.browse': call(
    'The folders in a folder of the host, for the picker; without a path the home folder.',
    z.object({ path: hostPathSchema.optional() }),
    z.object({ path: z.string(), parent: z.string().nullable(), folders: z.array(folderSchema) }),
  ),
} as const;
