import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { useShortcut } from '../../lib/keys.ts';
import { Button } from '../../ui/button.tsx';
import { Seg } from '../../ui/seg.tsx';
import { Refusal } from './refusal.tsx';
import { HoldFields, MoreFields } from './rule-form-fields.tsx';
import { type RuleFormProps as Props, type RuleFormState, useRuleForm } from './use-rule-form.ts';
import styles from './rule-form.module.css';

/** The form of a rule. It stands in the page: the list and what is live stay in sight. */
export function RuleForm(props: Props): ReactNode {
  const { list, rule, onClose } = props;
  const form = useRuleForm(props);
  const { draft, set, submit, wrong, error } = form;
  const [more, setMore] = useState(draft.allowPrivate || draft.quiet || draft.methods.length > 0 || draft.path !== '');
  useShortcut('submit', () => void submit());
  function keys(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    onClose();
  }
  return (
    <form
      className={styles.form}
      aria-label={rule ? 'Change a rule' : 'Add a rule'}
      data-region="rule-form"
      onKeyDown={keys}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <NameFields form={form} />
      {wrong ? (
        <p id="form-why" className="why" role="alert">
          {wrong.problem}
        </p>
      ) : (
        <Refusal id="form-why" error={error} onSuggestion={(pattern) => set({ pattern })} />
      )}
      <HoldFields draft={draft} set={set} ofWorkspace={form.workspaceId !== null} keepsLeft={rule?.expiresAt !== undefined} />
      {more ? <MoreFields draft={draft} set={set} /> : null}
      <div className={styles.acts}>
        <Button look="quiet" small aria-expanded={more} onClick={() => setMore(!more)}>
          {more ? 'Less' : draft.verdict === 'deny' ? 'More: silently, some requests…' : 'More: private addresses, some requests…'}
        </Button>
        <span className="end" />
        <Button look="quiet" hint="esc" onClick={onClose}>
          Cancel
        </Button>
        <Button look="primary" type="submit" shortcut="submit" busy={list.change.busy}>
          {rule ? 'Save rule' : 'Add rule'}
        </Button>
      </div>
    </form>
  );
}

/** Name, ports and verdict. */
function NameFields({ form }: { readonly form: RuleFormState }): ReactNode {
  const { draft, set, first, wrong, error } = form;
  const isWrong = error !== null || wrong?.field === 'pattern';
  return (
    <div className={styles.line}>
      <label className={styles.name}>
        <span>Domain</span>
        <span className={`field ${isWrong ? 'invalid' : ''}`}>
          <input
            ref={first}
            className="mono"
            value={draft.pattern}
            placeholder="api.example.com or *.example.com"
            spellCheck={false}
            autoComplete="off"
            aria-invalid={isWrong}
            aria-describedby="form-why"
            onChange={(event) => set({ pattern: event.target.value })}
          />
        </span>
      </label>
      <label className={styles.ports}>
        <span>Ports</span>
        <span className={`field ${wrong?.field === 'ports' ? 'invalid' : ''}`}>
          <input
            className="mono"
            value={draft.ports}
            placeholder={draft.verdict === 'deny' ? 'all' : '80, 443'}
            aria-invalid={wrong?.field === 'ports'}
            aria-describedby="form-why"
            onChange={(event) => set({ ports: event.target.value })}
          />
        </span>
      </label>
      <div>
        <span>Verdict</span>
        <Seg
          label="Verdict"
          value={draft.verdict}
          options={[
            { value: 'allow', label: 'Allow' },
            { value: 'deny', label: 'Deny' },
          ]}
          onChange={(verdict) => set({ verdict })}
        />
      </div>
    </div>
  );
}
