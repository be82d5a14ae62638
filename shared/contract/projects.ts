import { z } from 'zod';
import { projectIdSchema } from '../model/ids.ts';
import { folderSchema, projectSchema } from '../model/project.ts';
import { call } from './define.ts';

/** Absolute path of the host. A NUL would cut it short in the kernel. */
const pathSchema = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => !path.includes('\0'), 'A path holds no NUL.');

export const projectCalls = {
  'projects.create': call(
    'Adds a folder of the host. Adding it again, under any spelling of its path, gives the same project.',
    z.object({ path: pathSchema }),
    projectSchema,
  ),
  'projects.list': call('All projects, in the order they were added.', z.object({}), z.array(projectSchema)),
  'projects.remove': call(
    'Forgets a project and removes its workspaces. The folder itself is not touched.',
    z.object({ projectId: projectIdSchema }),
    z.object({}),
  ),
  'projects.browse': call(
    'The folders in a folder of the host, for the picker; without a path the home folder.',
    z.object({ path: pathSchema.optional() }),
    z.object({ path: z.string(), parent: z.string().nullable(), folders: z.array(folderSchema) }),
  ),
} as const;
