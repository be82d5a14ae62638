import { type ReactNode, useState } from 'react';
import type { NamedEngine } from '../../../shared/model/engines.ts';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { fieldProblem, fieldProblems } from './field-problem.ts';
import { FormField } from './form-field.tsx';
import { ProbeAnswer, useProbe } from './probe.tsx';
import styles from './settings.module.css';

type Props = {
  /** Null for a new one. */
  readonly before: NamedEngine | null;
  readonly known: readonly NamedEngine[];
  readonly onKeep: (engines: readonly NamedEngine[], what: string) => Promise<void>;
  readonly onClose: () => void;
};

type Draft = { readonly name: string; readonly address: string; readonly ca: string; readonly cert: string; readonly key: string };

type EngineDraft = ReturnType<typeof useEngineDraft>;

/** Names an engine: a socket, TLS over TCP, or ssh. */
export function EngineForm(props: Props): ReactNode {
  const { before, onClose } = props;
  const form = useEngineDraft(props);
  const probe = useProbe();
  const address = form.draft.address.trim();
  return (
    <form
      className={`card ${styles.form}`}
      aria-label={before ? `Edit ${before.name}` : 'Add an engine'}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
      onSubmit={(event) => {
        event.preventDefault();
        void form.keep();
      }}
    >
      <PlaceFields form={form} isNew={before === null} />
      {form.tcp ? <TlsFields form={form} /> : null}
      <ProbeAnswer probe={probe} />
      {form.rest ? (
        <p className="bad sm selectable" role="alert">
          {fieldProblem(form.rest)}
        </p>
      ) : null}
      <div className="row">
        <Button look="primary" type="submit" hint="↵" busy={form.busy}>
          {before ? 'Keep it so' : 'Add it'}
        </Button>
        <Button busy={probe.busy} unavailable={address === '' && 'Give an address first'} onClick={() => probe.run(address)}>
          Try it
        </Button>
        <Button look="quiet" hint="esc" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

function useEngineDraft({ before, known, onKeep, onClose }: Props) {
  const [draft, setDraft] = useState<Draft>({
    name: before?.name ?? '',
    address: before?.address ?? '',
    ca: before?.tls?.ca ?? '',
    cert: before?.tls?.cert ?? '',
    key: before?.tls?.key ?? '',
  });
  const action = useAction();
  const at = before ? known.findIndex((engine) => engine.name === before.name) : known.length;
  const problems = fieldProblems(action.error);
  const tcp = /^(?:tcp|https?):/.test(draft.address.trim());
  function set(change: Partial<Draft>): void {
    setDraft({ ...draft, ...change });
    action.clear();
  }
  async function keep(): Promise<void> {
    const engine = readDraft(draft, tcp);
    const next = before ? known.map((item) => (item.name === before.name ? engine : item)) : [...known, engine];
    if (await action.run(() => onKeep(next, `${engine.name} ${before ? 'changed' : 'added'}`))) onClose();
  }
  return {
    draft,
    set,
    keep,
    tcp,
    busy: action.busy,
    problemOf: (field: string): string | undefined => problems.get(`engines.${at}.${field}`),
    /** What no field can be blamed for. */
    rest: problems.size === 0 ? action.error : null,
  };
}

function PlaceFields({ form, isNew }: { readonly form: EngineDraft; readonly isNew: boolean }): ReactNode {
  const { draft, set, problemOf } = form;
  return (
    <div className={styles.pair}>
      <FormField
        label="Name"
        hint="Projects refer to it by this. Lower-case letters, digits, dot, dash."
        value={draft.name}
        problem={problemOf('name')}
        autoFocus={isNew}
        readOnly={!isNew}
        onChange={(name) => set({ name })}
      />
      <FormField
        label="Address"
        hint="unix:///path, tcp://host:port, or ssh://user@host"
        value={draft.address}
        problem={problemOf('address')}
        mono
        autoFocus={!isNew}
        onChange={(address) => set({ address })}
      />
    </div>
  );
}

function TlsFields({ form }: { readonly form: EngineDraft }): ReactNode {
  const { draft, set, problemOf } = form;
  const fields = [
    ['ca', 'Certificate authority', 'ca.pem'],
    ['cert', 'Certificate', 'cert.pem'],
    ['key', 'Key', 'key.pem'],
  ] as const;
  return (
    <>
      <p className="sm dim">TCP leaves this computer only with TLS, as Docker’s own command line takes it: three PEM files of this computer.</p>
      {fields.map(([name, label, file]) => (
        <FormField
          key={name}
          label={label}
          value={draft[name]}
          problem={problemOf(`tls.${name}`)}
          mono
          placeholder={`/home/me/.docker/${file}`}
          onChange={(path) => set({ [name]: path })}
        />
      ))}
    </>
  );
}

function readDraft({ name, address, ca, cert, key }: Draft, tcp: boolean): NamedEngine {
  const tls = { ca: ca.trim(), cert: cert.trim(), key: key.trim() };
  const given = tcp && Object.values(tls).some((path) => path !== '');
  return { name: name.trim(), address: address.trim(), ...(given && { tls }) };
}
