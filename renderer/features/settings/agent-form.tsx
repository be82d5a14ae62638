import { type ReactNode, useState } from 'react';
import type { AgentDefinitionData } from '../../../shared/model/agent-definition.ts';
import { useClient } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Seg } from '../../ui/seg.tsx';
import { type AgentDraft, fieldOf, readDraft, toDraft } from './agent-draft.ts';
import { fieldProblem, fieldProblems } from './field-problem.ts';
import { FormField } from './form-field.tsx';
import styles from './settings.module.css';

type Props = { readonly before: AgentDefinitionData | null; readonly onDone: () => void; readonly onClose: () => void };
type Show = { readonly draft: AgentDraft; readonly set: (change: Partial<AgentDraft>) => void; readonly problemOf: (field: string) => string | undefined };

/** An agent type as data: its program, how it is started, and what it needs. */
export function AgentForm({ before, onDone, onClose }: Props): ReactNode {
  const client = useClient();
  const action = useAction();
  const [draft, setDraft] = useState(() => toDraft(before));
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map());
  const refused = new Map([...fieldProblems(action.error)].map(([path, message]) => [fieldOf(path.split('.')), message]));
  async function keep(): Promise<void> {
    const result = readDraft(draft);
    setProblems(result.ok ? new Map() : result.problems);
    if (!result.ok) return focusProblem();
    if (!(await action.run(() => client.call('agents.define', result.data)))) return;
    onDone();
    onClose();
  }
  const show: Show = {
    draft,
    set(change) {
      setDraft({ ...draft, ...change });
      setProblems(new Map());
      action.clear();
    },
    problemOf: (field) => problems.get(field) ?? refused.get(field),
  };
  return (
    <form
      className={`card ${styles.form}`}
      aria-label={before ? `Edit ${before.title}` : 'Add an agent type'}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
      onSubmit={(event) => {
        event.preventDefault();
        void keep();
      }}
    >
      <ProgramFields {...show} isNew={before === null} />
      <ArgumentFields {...show} />
      <NeedsFields {...show} />
      {action.error && refused.size === 0 ? (
        <p className="bad sm selectable" role="alert">
          {fieldProblem(action.error)}
        </p>
      ) : null}
      {problems.size > 0 ? (
        <p className="bad sm" role="alert">
          {problems.size === 1 ? 'One field does' : `${problems.size} fields do`} not fit yet.
        </p>
      ) : null}
      <div className="row">
        <Button look="primary" type="submit" busy={action.busy}>
          {before ? 'Keep it so' : 'Add it'}
        </Button>
        <Button look="quiet" hint="esc" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

/** The first field that does not fit, once it is marked. */
function focusProblem(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus());
}

function ProgramFields({ draft, set, problemOf, isNew }: Show & { readonly isNew: boolean }): ReactNode {
  return (
    <>
      <div className={styles.pair}>
        <FormField
          label="Type"
          hint="Its short name on the command line: lower-case letters, digits, dash."
          value={draft.agent}
          problem={problemOf('agent')}
          autoFocus={isNew}
          readOnly={!isNew}
          mono
          onChange={(agent) => set({ agent })}
        />
        <FormField label="Title" hint="What it is shown as." value={draft.title} problem={problemOf('title')} onChange={(title) => set({ title })} />
      </div>
      <div className={styles.labelled}>
        <span>Program</span>
        <Seg
          label="Where the program comes from"
          value={draft.kind}
          onChange={(kind) => set({ kind })}
          options={[
            { value: 'npm', label: 'From an npm package' },
            { value: 'image', label: 'Lies in the image' },
          ]}
        />
      </div>
      {draft.kind === 'npm' ? (
        <div className={styles.pair}>
          <FormField
            label="Package"
            hint="One that holds the program for this platform. Its integrity is checked, its scripts are not run."
            value={draft.package}
            problem={problemOf('program.package')}
            mono
            onChange={(name) => set({ package: name })}
          />
          <FormField
            label="Version"
            hint="One exact version."
            value={draft.version}
            problem={problemOf('program.version')}
            mono
            onChange={(version) => set({ version })}
          />
        </div>
      ) : null}
      <FormField
        label="Executable"
        hint={draft.kind === 'npm' ? 'Path in the package. A .js, .mjs or .cjs file is run by Node.' : 'Name or path; looked for on the image’s PATH.'}
        value={draft.executable}
        problem={problemOf('program.executable')}
        mono
        onChange={(executable) => set({ executable })}
      />
    </>
  );
}

function ArgumentFields({ draft, set, problemOf }: Show): ReactNode {
  return (
    <>
      <p className="sm dim">
        Arguments, one a line. {'{model}'} and {'{session}'} stand for what is known; one that holds an unknown value is left out.
      </p>
      <div className={styles.pair}>
        <FormField label="Always" rows={2} value={draft.always} problem={problemOf('arguments.always')} onChange={(always) => set({ always })} />
        <FormField
          label="To go on with the last session"
          rows={2}
          value={draft.resume}
          problem={problemOf('arguments.resume')}
          onChange={(resume) => set({ resume })}
        />
        <FormField label="To fork a session" rows={2} value={draft.fork} problem={problemOf('arguments.fork')} onChange={(fork) => set({ fork })} />
        <FormField
          label="Without permission prompts"
          rows={2}
          value={draft.skipPermissions}
          problem={problemOf('arguments.skipPermissions')}
          onChange={(skipPermissions) => set({ skipPermissions })}
        />
        <FormField label="For a model" rows={2} value={draft.model} problem={problemOf('arguments.model')} onChange={(model) => set({ model })} />
      </div>
    </>
  );
}

function NeedsFields({ draft, set, problemOf }: Show): ReactNode {
  return (
    <div className={styles.pair}>
      <FormField
        label="Domains"
        hint="Allowed from the start, one a line."
        rows={2}
        value={draft.domains}
        problem={problemOf('domains')}
        onChange={(domains) => set({ domains })}
      />
      <FormField
        label="Names of its key"
        hint="Variables, one a line; the first is shown."
        rows={2}
        value={draft.keyNames}
        problem={problemOf('keyNames')}
        onChange={(keyNames) => set({ keyNames })}
      />
      <FormField
        label="Environment"
        hint="NAME=value, one a line. No secrets: these are kept as written."
        rows={2}
        value={draft.environment}
        problem={problemOf('environment')}
        onChange={(environment) => set({ environment })}
      />
      <div>
        <FormField
          label="Folder of its settings below your home"
          hint="Only the files named below are seen, as read-only copies."
          value={draft.folder}
          problem={problemOf('userFiles.folder')}
          mono
          placeholder=".aider"
          onChange={(folder) => set({ folder })}
        />
        {draft.folder.trim() === '' ? null : (
          <FormField label="Files in it" rows={2} value={draft.names} problem={problemOf('userFiles.names')} onChange={(names) => set({ names })} />
        )}
      </div>
    </div>
  );
}
