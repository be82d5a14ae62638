import type { ReactNode } from 'react';
import type { Project } from '../../../shared/model/project.ts';
import { useSnapshot } from '../../lib/core.tsx';
import { Button } from '../../ui/button.tsx';
import { Problem, problemText } from '../../ui/problem.tsx';
import { Select } from '../../ui/select.tsx';
import { ProjectFiles } from '../create/project-files.tsx';
import { useEngines } from '../create/use-engines.ts';
import { useFindings } from '../create/use-findings.ts';
import { ModeOption } from '../options/mode-option.tsx';
import { OptionFields } from '../options/option-fields.tsx';
import { type ProjectFormState, useProjectForm } from './use-project-form.ts';
import options from '../options/options.module.css';
import styles from './edit.module.css';

type Props = { readonly project: Project; readonly onRemove: () => void };

/** What holds for all workspaces of a project. */
export function ProjectForm({ project, onRemove }: Props): ReactNode {
  const form = useProjectForm(project);
  return (
    <form
      className={styles.part}
      onSubmit={(event) => {
        event.preventDefault();
        if (form.dirty && !form.invalid) void form.save();
      }}
    >
      <ProjectFields project={project} form={form} />
      {form.saving.error ? <Problem error={form.saving.error} /> : null}
      <div className={styles.save}>
        <Button type="submit" busy={form.saving.busy} unavailable={form.invalid ? 'Correct what is marked red' : !form.dirty && 'Nothing changed'}>
          Save project
        </Button>
        <Button look="danger" small className="end" onClick={onRemove}>
          Remove project…
        </Button>
      </div>
    </form>
  );
}

/** The fields alone, for the page and for the sheet. */
export function ProjectFields({ project, form }: { readonly project: Project; readonly form: ProjectFormState }): ReactNode {
  const findings = useFindings(project.projectId);
  return (
    <>
      <ProjectFiles findings={findings} onTrust={form.base.reload} />
      <div className={options.fields}>
        <div className={options.f}>
          <label htmlFor="project-name">Project name</label>
          <div>
            <span className={`field ${options.name} ${form.name.trim() === '' ? 'invalid' : ''}`}>
              <input
                id="project-name"
                data-autofocus
                value={form.name}
                maxLength={64}
                spellCheck={false}
                onChange={(event) => form.setName(event.target.value)}
              />
            </span>
          </div>
        </div>
        <EngineField project={project} form={form} />
        <h2>New workspaces of this project begin with</h2>
        <ModeOption editor={form.editor} />
      </div>
      {form.base.error ? <p className="xs bad selectable">The defaults could not be read. {problemText(form.base.error)}</p> : null}
      <OptionFields editor={form.editor} engine={project.engine} domains />
    </>
  );
}

function EngineField({ project, form }: { readonly project: Project; readonly form: ProjectFormState }): ReactNode {
  const { engines, error } = useEngines();
  const used = useSnapshot((snapshot) => snapshot.workspaces.some((workspace) => workspace.projectId === project.projectId));
  const known = engines ?? [];
  const choices = known.some((item) => item.engineId === form.engine) ? known : [...known, { engineId: form.engine, title: form.engine, local: true }];
  return (
    <div className={options.f}>
      <label htmlFor="project-engine">Engine</label>
      <div>
        <Select
          id="project-engine"
          className={options.name}
          value={form.engine}
          disabled={used}
          options={choices.map((item) => ({ value: item.engineId, label: item.title, unavailable: project.kind === 'folder' && !item.local }))}
          onChange={form.setEngine}
        />
        <p className={`xs ${error ? 'bad' : 'faint'}`}>
          {error
            ? problemText(error)
            : used
              ? 'It can be changed while the project has no workspace.'
              : project.kind === 'folder'
                ? 'A folder needs an engine of this computer.'
                : 'Where its workspaces run.'}
        </p>
      </div>
    </div>
  );
}
