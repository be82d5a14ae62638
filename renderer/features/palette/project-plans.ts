import type { Project } from '../../../shared/model/project.ts';
import { runWhenOffered } from '../../lib/keys.ts';
import { navigate, projectsRoute } from '../../lib/route.ts';
import type { Context, Entry, Plan } from './types.ts';

/** Of the project whose workspace is open; elsewhere the palette asks which. */
function onProject({ snapshot, workspace }: Context, label: string, fits: (project: Project) => boolean, make: (project: Project) => Plan): Plan {
  const here = snapshot.projects.find((project) => project.projectId === workspace?.projectId);
  if (here && fits(here)) return make(here);
  const entries = snapshot.projects.filter(fits).map((project): Entry => ({
    id: `project:${project.projectId}`,
    title: project.name,
    group: 'Projects',
    icon: 'folder',
    detail: project.url ?? project.path,
    plan: make(project),
  }));
  return entries.length > 0 ? { step: { kind: 'choose', label, entries } } : { unavailable: 'Add a folder first' };
}

export function newWorkspace(context: Context): Plan {
  return onProject(
    context,
    'New workspace for which project?',
    (project) => project.present,
    ({ projectId }) => ({ run: () => navigate({ page: 'projects', sheet: { kind: 'create', projectId } }) }),
  );
}

export function renameProject(context: Context): Plan {
  return onProject(
    context,
    'Rename which project?',
    () => true,
    ({ projectId, name }) => ({
      step: {
        kind: 'text',
        label: `New name of ${name}`,
        initial: name,
        hint: 'Only what it is shown as; its folder keeps its name',
        submit: (text) => context.client.call('projects.edit', { projectId, name: text }),
      },
    }),
  );
}

/** A project that has a workspace keeps its settings on that one's page. */
export function editProject(context: Context): Plan {
  return onProject(
    context,
    'Edit which project?',
    () => true,
    ({ projectId }) => ({
      run() {
        const workspace = context.snapshot.workspaces.find((item) => item.projectId === projectId);
        navigate(workspace ? { page: 'edit', workspaceId: workspace.workspaceId } : { page: 'projects', sheet: { kind: 'project', projectId } });
      },
    }),
  );
}

/** The page of all projects says what goes before anything does. */
export function removeProject(context: Context): Plan {
  return onProject(
    context,
    'Remove which project?',
    () => true,
    ({ projectId }) => ({
      run() {
        // Where that page finds the row to begin with.
        sessionStorage.setItem('projects:selected', projectId);
        navigate(projectsRoute);
        runWhenOffered('removeProject');
      },
    }),
  );
}
