import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Project } from '../../../shared/model/project.ts';
import { useSnapshot } from '../../lib/core.tsx';
import { useShortcut } from '../../lib/keys.ts';
import { navigate, projectsRoute } from '../../lib/route.ts';
import { Button } from '../../ui/button.tsx';
import { problemText } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { OptionFields } from '../options/option-fields.tsx';
import { cameFromOutside } from '../shell/outside.ts';
import { Advanced } from './advanced.tsx';
import { AgentField, KeyField, ModeField, NameField } from './create-fields.tsx';
import { ProjectFiles } from './project-files.tsx';
import { ProjectPlace } from './project-place.tsx';
import { useCreateForm } from './use-create-form.ts';
import styles from './create.module.css';

/** A new workspace: everything has a default, so ↵ is enough. */
export function CreateSheet({ projectId }: { readonly projectId: string }): ReactNode {
  const project = useSnapshot((snapshot) => snapshot.projects.find((item) => item.projectId === projectId));
  useEffect(() => {
    if (!project) navigate(projectsRoute, { replace: true });
  }, [project]);
  return project ? <CreateForm project={project} /> : null;
}

function CreateForm({ project }: { readonly project: Project }): ReactNode {
  const [outside] = useState(cameFromOutside);
  const form = useCreateForm(project);
  const { agent, editor, busy } = form;
  const key = useRef<HTMLInputElement>(null);
  function submit(): void {
    form.submit(key.current);
  }
  useShortcut('submit', submit);
  return (
    <Sheet label={`New workspace for ${project.name}`} onClose={() => navigate(projectsRoute)} busy={busy}>
      <form
        className="contents"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div className={styles.hd}>
          <h1 className="cut">{project.name}</h1>
          <ProjectPlace project={project} />
        </div>
        <div className={styles.fields}>
          <div className={styles.body}>
            <ProjectFiles findings={form.findings} onTrust={form.base.reload} />
            <AgentField agent={agent} onChange={form.setAgent} />
            {agent?.keyName ? <KeyField key={agent.agent} agent={agent} input={key} /> : null}
            <ModeField editor={editor} agent={agent} detected={form.detected} without={form.without} onToggle={form.toggle} />
            <NameField name={form.name} placeholder={agent?.title ?? ''} onChange={form.setName} />
          </div>
          <Advanced editor={editor} base={form.base}>
            <OptionFields editor={editor} agent={agent} engine={project.engine} domains />
          </Advanced>
        </div>
        {form.error ? (
          <div className="banner bad" role="alert">
            <p className="grow selectable">{problemText(form.error)}</p>
          </div>
        ) : null}
        <div className={`foot ${styles.foot}`}>
          <span className="xs faint grow">{project.kind === 'clone' ? 'It is cloned inside the wall.' : 'Your folder is not changed.'}</span>
          <Button look="quiet" hint="esc" onClick={() => navigate(projectsRoute)}>
            Cancel
          </Button>
          <Button
            look="primary"
            type="submit"
            data-autofocus={outside ? undefined : true}
            hint="↵"
            busy={busy}
            unavailable={form.invalid && 'Correct what is marked red'}
          >
            Create workspace
          </Button>
        </div>
      </form>
    </Sheet>
  );
}
