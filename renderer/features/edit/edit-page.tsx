import { type ReactNode, useCallback, useEffect, useState } from 'react';
import type { Project } from '../../../shared/model/project.ts';
import type { Workspace, WorkspaceDetails } from '../../../shared/model/workspace.ts';
import { useClient, useSnapshot } from '../../lib/core.tsx';
import { useShortcut } from '../../lib/keys.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { Problem, problemText } from '../../ui/problem.tsx';
import { useWorkspaceTitle } from '../frame/switcher.tsx';
import { ModeOption } from '../options/mode-option.tsx';
import { OptionFields } from '../options/option-fields.tsx';
import { RemovePanel } from '../projects/remove-panel.tsx';
import { EditActions } from './edit-actions.tsx';
import { InstallPackages } from './install-packages.tsx';
import { ProjectForm } from './project-form.tsx';
import { RecreateBanner } from './recreate-banner.tsx';
import { SaveBar } from './save-bar.tsx';
import { useEditForm } from './use-edit-form.ts';
import options from '../options/options.module.css';
import styles from './edit.module.css';

/** What a workspace is made of, and its project: seen and changed. */
export function EditPage({ workspace }: { readonly workspace: Workspace }): ReactNode {
  const project = useSnapshot((snapshot) => snapshot.projects.find((item) => item.projectId === workspace.projectId));
  const title = useWorkspaceTitle(workspace);
  const { details, error, reload } = useDetails(workspace.workspaceId);
  const [removing, setRemoving] = useState<'workspace' | 'project' | null>(null);
  useShortcut('removeWorkspace', () => setRemoving('workspace'));
  if (!project) return null;
  return (
    <>
      {removing ? <RemovePanel key={removing} row={{ workspace, project, title }} project={removing === 'project'} onClose={() => setRemoving(null)} /> : null}
      <RecreateBanner workspace={workspace} />
      {error ? (
        <Problem error={error}>
          <Button icon="retry" onClick={() => void reload()}>
            Try again
          </Button>
        </Problem>
      ) : null}
      {details ? (
        <Form workspace={workspace} project={project} details={details} reload={reload} onRemove={setRemoving} />
      ) : error ? null : (
        <p className="center row dim" role="status">
          <Glyph kind="starting" /> Reading what this workspace is made of…
        </p>
      )}
    </>
  );
}

type FormProps = {
  readonly workspace: Workspace;
  readonly project: Project;
  readonly details: WorkspaceDetails;
  readonly reload: () => Promise<WorkspaceDetails | null>;
  readonly onRemove: (what: 'workspace' | 'project') => void;
};

function Form({ workspace, project, details, reload, onRemove }: FormProps): ReactNode {
  const form = useEditForm(workspace, details, reload);
  const agent = useSnapshot((snapshot) => snapshot.agents.find((item) => item.agent === workspace.agent));
  return (
    <>
      <div className={`scroll ${styles.page}`} data-region="settings">
        <section className={styles.part} aria-label="This workspace">
          <h2>This workspace</h2>
          <EditActions workspace={workspace} onRemove={() => onRemove('workspace')} />
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (form.dirty && !form.invalid) void form.save(false);
            }}
          >
            <div className={options.fields}>
              <div className={options.f}>
                <label htmlFor="workspace-name">Name</label>
                <div>
                  <span className={`field ${options.name} ${form.name.trim() === '' ? 'invalid' : ''}`}>
                    <input
                      id="workspace-name"
                      value={form.name}
                      maxLength={64}
                      spellCheck={false}
                      data-region-focus
                      onChange={(event) => form.setName(event.target.value)}
                    />
                  </span>
                </div>
              </div>
              <ModeOption editor={form.editor} />
            </div>
            <OptionFields editor={form.editor} agent={agent} engine={project.engine} />
            {form.base.error ? <p className="xs bad selectable">The defaults could not be read. {problemText(form.base.error)}</p> : null}
            {/* ↵ in a field saves: a form needs a button for that. */}
            <button type="submit" hidden />
          </form>
          {(details.options.systemPackages ?? form.base.resolved?.options.systemPackages) ? <InstallPackages workspace={workspace} /> : null}
        </section>
        <section className={styles.part} aria-label="Project">
          <h2>
            Project <bdi>{project.name}</bdi>
          </h2>
          <ProjectForm project={project} onRemove={() => onRemove('project')} />
        </section>
      </div>
      <SaveBar form={form} />
    </>
  );
}

/** What the core knows of the workspace beyond its state. */
function useDetails(workspaceId: string) {
  const client = useClient();
  const [state, setState] = useState<{ readonly details: WorkspaceDetails | null; readonly error: unknown }>({ details: null, error: null });
  const reload = useCallback(async (): Promise<WorkspaceDetails | null> => {
    try {
      const details = await client.call('workspaces.inspect', { workspaceId });
      setState({ details, error: null });
      return details;
    } catch (error) {
      setState((last) => ({ ...last, error }));
      return null;
    }
  }, [client, workspaceId]);
  useEffect(() => void reload(), [reload]);
  return { ...state, reload };
}
