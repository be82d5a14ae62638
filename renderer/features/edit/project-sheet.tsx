import { type ReactNode, useEffect } from 'react';
import type { Project } from '../../../shared/model/project.ts';
import { useSnapshot } from '../../lib/core.tsx';
import { useShortcut } from '../../lib/keys.ts';
import { navigate, projectsRoute } from '../../lib/route.ts';
import { Button } from '../../ui/button.tsx';
import { problemText } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { ProjectPlace } from '../create/project-place.tsx';
import { ProjectFields } from './project-form.tsx';
import { useProjectForm } from './use-project-form.ts';
import create from '../create/create.module.css';

/** The settings of a project that has no workspace yet; one that has keeps them on its settings page. */
export function ProjectSheet({ projectId }: { readonly projectId: string }): ReactNode {
  const project = useSnapshot((snapshot) => snapshot.projects.find((item) => item.projectId === projectId));
  useEffect(() => {
    if (!project) navigate(projectsRoute, { replace: true });
  }, [project]);
  return project ? <Fields project={project} /> : null;
}

function leave(): void {
  navigate(projectsRoute);
}

function Fields({ project }: { readonly project: Project }): ReactNode {
  const form = useProjectForm(project);
  const unavailable = form.invalid ? 'Correct what is marked red' : !form.dirty && 'Nothing changed';
  async function save(): Promise<void> {
    if (!unavailable && (await form.save())) leave();
  }
  useShortcut('submit', () => void save());
  return (
    <Sheet label={`Settings of ${project.name}`} onClose={leave} busy={form.saving.busy}>
      <form
        className="contents"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <div className={create.hd}>
          <h1 className="cut">{project.name}</h1>
          <ProjectPlace project={project} />
        </div>
        <div className={create.fields}>
          <div className={create.body}>
            <ProjectFields project={project} form={form} />
          </div>
        </div>
        {form.saving.error ? (
          <div className="banner bad" role="alert">
            <p className="grow selectable">{problemText(form.saving.error)}</p>
          </div>
        ) : null}
        <div className={`foot ${create.foot}`}>
          <span className="grow" />
          <Button look="quiet" hint="esc" onClick={leave}>
            Cancel
          </Button>
          <Button look="primary" type="submit" shortcut="submit" busy={form.saving.busy} unavailable={unavailable}>
            Save
          </Button>
        </div>
      </form>
    </Sheet>
  );
}
