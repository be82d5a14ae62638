import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Project } from '../../../shared/model/project.ts';
import { useClient, useSnapshot } from '../../lib/core.tsx';
import { useShortcut } from '../../lib/keys.ts';
import { navigate, projectsRoute } from '../../lib/route.ts';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { problemText } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { AdvancedFields } from './advanced-fields.tsx';
import { AgentField, KeyField, ModeField, NameField } from './create-fields.tsx';
import { type Form, checkForm, emptyForm, formRequest, rememberAgent, rememberedAgent } from './form.ts';
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
  const [form, setForm] = useState<Form>(() => ({ ...emptyForm, agent: rememberedAgent() }));
  const agents = useSnapshot((snapshot) => snapshot.agents);
  const agent = agents.find((item) => item.agent === form.agent);
  const key = useRef<HTMLInputElement>(null);
  const { create, busy, error } = useCreation(project.projectId);
  const problems = checkForm(form);
  const invalid = Object.keys(problems).length > 0;
  function change(part: Partial<Form>): void {
    setForm((last) => ({ ...last, ...part }));
  }
  function submit(): void {
    if (!invalid) void create(form, key.current);
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
          <p className="sm faint mono cut" title={project.path}>
            {project.path}
          </p>
        </div>
        <div className={styles.fields}>
          <div className={styles.body}>
            <AgentField form={form} agent={agent} onChange={change} />
            {agent?.keyName ? <KeyField key={agent.agent} agent={agent} input={key} /> : null}
            <ModeField form={form} agent={agent} onChange={change} />
            <NameField form={form} onChange={change} />
          </div>
          <AdvancedFields form={form} problems={problems} onChange={change} />
        </div>
        {error ? (
          <div className="banner bad" role="alert">
            <p className="grow selectable">{problemText(error)}</p>
          </div>
        ) : null}
        <div className={`foot ${styles.foot}`}>
          <span className="xs faint grow">Your folder is not changed.</span>
          <Button look="quiet" hint="esc" onClick={() => navigate(projectsRoute)}>
            Cancel
          </Button>
          <Button look="primary" type="submit" data-autofocus hint="↵" busy={busy} unavailable={invalid && 'Correct what is marked red'}>
            Create workspace
          </Button>
        </div>
      </form>
    </Sheet>
  );
}

/** Sends the request, and goes on to its progress as soon as the workspace shows up in the live state. */
function useCreation(projectId: string) {
  const client = useClient();
  const action = useAction();
  const workspaces = useSnapshot((snapshot) => snapshot.workspaces);
  const [before, setBefore] = useState<ReadonlySet<string> | null>(null);
  const made = before && workspaces.find((workspace) => workspace.projectId === projectId && !before.has(workspace.workspaceId));
  useEffect(() => {
    if (made) navigate({ page: 'projects', sheet: { kind: 'progress', workspaceId: made.workspaceId } }, { replace: true });
  }, [made]);
  async function create(form: Form, key: HTMLInputElement | null): Promise<void> {
    await action.run(async () => {
      rememberAgent(form.agent);
      const apiKey = key?.value.trim();
      if (key && apiKey) {
        await client.call('agents.setKey', { agent: form.agent, apiKey });
        key.value = '';
      }
      setBefore(new Set(workspaces.map((workspace) => workspace.workspaceId)));
      await client.call('workspaces.create', formRequest(projectId, form));
    });
  }
  return { create, busy: action.busy, error: action.error };
}
