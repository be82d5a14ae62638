import { type ReactNode, useState } from 'react';
import { Icon } from '../../ui/icon.tsx';
import { Switch } from '../../ui/switch.tsx';
import type { Form, FormProblems } from './form.ts';
import styles from './create.module.css';

type Props = { readonly form: Form; readonly problems: FormProblems; readonly onChange: (part: Partial<Form>) => void };

/** What has a good default: limits, model, the agent's own prompts, and the environment. */
export function AdvancedFields({ form, problems, onChange }: Props): ReactNode {
  const [open, setOpen] = useState(false);
  const summary = [
    form.cpus ? `${form.cpus} CPUs` : 'default CPUs',
    form.memory ? `${form.memory} GB` : 'default memory',
    form.model || null,
    form.skipPermissions ? 'no permission prompts' : null,
    form.environment.trim() ? 'own environment' : null,
  ];
  return (
    <>
      <button type="button" className={styles.adv} aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="right" />
        <span className="grow">Advanced</span>
        <span className="xs faint cut">{open ? '' : summary.filter(Boolean).join(', ')}</span>
      </button>
      {open ? (
        <div className={`${styles.body} ${styles.more}`}>
          <NumberField id="cpus" label="CPUs" unit="fractions are fine" value={form.cpus} problem={problems.cpus} onChange={(cpus) => onChange({ cpus })} />
          <NumberField id="memory" label="Memory" unit="GB" value={form.memory} problem={problems.memory} onChange={(memory) => onChange({ memory })} />
          {form.agent === 'shell' ? null : (
            <>
              <div className={styles.f}>
                <label htmlFor="model">Model</label>
                <div>
                  <span className={`field ${styles.name}`}>
                    <input
                      id="model"
                      value={form.model}
                      placeholder="Chosen by the agent"
                      spellCheck={false}
                      onChange={(event) => onChange({ model: event.target.value })}
                    />
                  </span>
                </div>
              </div>
              <div className={styles.f}>
                <span>Permissions</span>
                <div>
                  <Switch label="Start without permission prompts" on={form.skipPermissions} onChange={(skipPermissions) => onChange({ skipPermissions })} />
                  <span className="sm dim">Ask for nothing: the container and the wall are the fence.</span>
                </div>
              </div>
            </>
          )}
          <EnvironmentField value={form.environment} problem={problems.environment} onChange={(environment) => onChange({ environment })} />
        </div>
      ) : null}
    </>
  );
}

type EnvironmentProps = Pick<NumberProps, 'value' | 'problem' | 'onChange'>;

/** ↵ is a new line in here, so it does not send the form; the shortcut does. */
function EnvironmentField({ value, problem, onChange }: EnvironmentProps): ReactNode {
  return (
    <div className={styles.f}>
      <label htmlFor="environment">Environment</label>
      <div>
        <span className={`field ${styles.lines} ${problem ? 'invalid' : ''}`}>
          <textarea
            id="environment"
            className="mono"
            rows={Math.min(6, Math.max(2, value.split('\n').length))}
            value={value}
            placeholder="NAME=value"
            spellCheck={false}
            autoComplete="off"
            aria-invalid={problem !== undefined}
            aria-describedby="environment-why"
            onChange={(event) => onChange(event.target.value)}
          />
        </span>
        <p id="environment-why" className={`xs ${problem ? 'bad' : 'faint'}`}>
          {problem ?? 'One a line, without quotes. All that runs in the workspace can read them.'}
        </p>
      </div>
    </div>
  );
}

type NumberProps = {
  readonly id: string;
  readonly label: string;
  readonly unit: string;
  readonly value: string;
  readonly problem: string | undefined;
  readonly onChange: (value: string) => void;
};

function NumberField({ id, label, unit, value, problem, onChange }: NumberProps): ReactNode {
  return (
    <div className={styles.f}>
      <label htmlFor={id}>{label}</label>
      <div>
        <span className={`field ${styles.small} ${problem ? 'invalid' : ''}`}>
          <input
            id={id}
            className="num"
            inputMode="decimal"
            value={value}
            placeholder="Default"
            aria-invalid={problem !== undefined}
            aria-describedby={`${id}-why`}
            onChange={(event) => onChange(event.target.value)}
          />
        </span>
        <span id={`${id}-why`} className={`sm ${problem ? 'bad' : 'faint'}`}>
          {problem ?? unit}
        </span>
      </div>
    </div>
  );
}
