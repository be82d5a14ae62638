import type { ReactNode } from 'react';
import type { HttpRule, RuleScope } from '../../../shared/model/domain.ts';
import { scopeMeaning, scopeNames } from '../../../shared/rule-words.ts';
import { useSnapshot } from '../../lib/core.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Select } from '../../ui/select.tsx';
import { Switch } from '../../ui/switch.tsx';
import type { RuleDraft } from './rule-draft.ts';
import styles from './rule-form.module.css';

type FieldsProps = { readonly draft: RuleDraft; readonly set: (change: Partial<RuleDraft>) => void };

const allScopes = ['once', 'session', 'workspace', 'project', 'global'] as const satisfies readonly RuleScope[];
const wideScopes = ['project', 'global'] as const satisfies readonly RuleScope[];

const times = [
  { value: '', label: 'For good' },
  { value: '15', label: '15 minutes' },
  { value: '60', label: '1 hour' },
  { value: '480', label: '8 hours' },
  { value: '1440', label: '1 day' },
  { value: '10080', label: '1 week' },
  { value: '43200', label: '30 days' },
] as const;

/** Where it holds, how long, and why. */
export function HoldFields({ draft, set, ofWorkspace, keepsLeft }: FieldsProps & { readonly ofWorkspace: boolean; readonly keepsLeft: boolean }): ReactNode {
  const projects = useSnapshot((snapshot) => snapshot.projects);
  const scopes = ofWorkspace ? allScopes : wideScopes;
  return (
    <div className={styles.line}>
      <label className={styles.choice}>
        <span>Holds for</span>
        <Select value={draft.scope} options={scopes.map((value) => ({ value, label: scopeNames[value] }))} onChange={(scope) => set({ scope })} />
      </label>
      {!ofWorkspace && draft.scope === 'project' ? (
        <label className={styles.choice}>
          <span>Project</span>
          <Select
            value={draft.projectId}
            options={projects.map((project) => ({ value: project.projectId, label: project.name }))}
            onChange={(projectId) => set({ projectId })}
          />
        </label>
      ) : null}
      <label className={styles.choice}>
        <span>How long</span>
        <Select
          value={draft.minutes}
          options={keepsLeft ? [{ value: 'left', label: 'As long as now' }, ...times] : times}
          onChange={(minutes) => set({ minutes })}
        />
      </label>
      <label className={styles.name}>
        <span>Note</span>
        <span className="field">
          <input value={draft.note} maxLength={200} placeholder="What it is for" onChange={(event) => set({ note: event.target.value })} />
        </span>
      </label>
      <p className={`xs faint ${styles.told}`}>{scopeMeaning[draft.scope]}.</p>
    </div>
  );
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const satisfies HttpRule['methods'];

/** What few rules need. */
export function MoreFields({ draft, set }: FieldsProps): ReactNode {
  function toggle(method: (typeof methods)[number]): void {
    const has = draft.methods.includes(method);
    set({ methods: methods.filter((item) => (item === method ? !has : draft.methods.includes(item))) });
  }
  return (
    <div className={styles.more}>
      {draft.verdict === 'allow' ? (
        <div className={styles.toggle}>
          <Switch label="Private addresses too" on={draft.allowPrivate} onChange={(allowPrivate) => set({ allowPrivate })} />
          <span>Private addresses too</span>
          <span className="faint">for a name of your VPN or local network. Metadata services stay refused.</span>
        </div>
      ) : (
        <div className={styles.toggle}>
          <Switch label="Silently" on={draft.quiet} onChange={(quiet) => set({ quiet })} />
          <span>Silently</span>
          <span className="faint">What it refuses is kept, but shown only when you ask for it.</span>
        </div>
      )}
      <div className={styles.line}>
        <div>
          <span>Plain HTTP only: methods</span>
          <span className={styles.methods} role="group" aria-label="Methods">
            {methods.map((method) => (
              <button key={method} type="button" className="chip mono" aria-pressed={draft.methods.includes(method)} onClick={() => toggle(method)}>
                {draft.methods.includes(method) ? <Icon name="check" /> : null}
                {method}
              </button>
            ))}
          </span>
        </div>
        <label className={styles.name}>
          <span>and path</span>
          <span className="field">
            <input className="mono" value={draft.path} placeholder="/v1" spellCheck={false} onChange={(event) => set({ path: event.target.value })} />
          </span>
        </label>
      </div>
      <p className="xs faint">
        With a method or path the rule lets out those requests over plain HTTP (port 80) and nothing else. What is inside TLS is not looked at.
      </p>
    </div>
  );
}
