import { type ChangeEvent, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { plural } from '../../../shared/format.ts';
import type { Rule, RuleScope } from '../../../shared/model/domain.ts';
import { describePorts, scopeNames } from '../../../shared/rule-words.ts';
import { useShortcut } from '../../lib/keys.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Problem, problemText } from '../../ui/problem.tsx';
import { Select } from '../../ui/select.tsx';
import { type ListPreview, useListPreview } from './use-list-preview.ts';
import type { RuleList } from './use-rules.ts';
import styles from './list-panel.module.css';

export type ListKind = 'paste' | 'import';

type Props = { readonly kind: ListKind; readonly list: RuleList; readonly onClose: () => void };

const words = {
  paste: {
    title: 'Paste a list',
    hint: 'One rule a line: name, *.name, name:port, !name to deny, # for a note.',
    placeholder: 'api.example.com\n*.example.org\nssh.example.net:22\n!telemetry.example.com  # not needed',
  },
  import: {
    title: 'Import a list',
    hint: 'A list of Forgehold’s, a devcontainer.json, the settings of another sandbox, or lines.',
    placeholder: 'Paste it here, or choose the file',
  },
} as const;

/** Many rules at once, seen before they hold. It stands in the place of the list. */
export function ListPanel({ kind, list, onClose }: Props): ReactNode {
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const [scope, setScope] = useState<RuleScope>(list.workspaceId === null ? 'global' : 'workspace');
  const preview = useListPreview(list.workspaceId, text);
  const { title, hint, placeholder } = words[kind];
  const owner = list.workspaceId === null ? {} : { workspaceId: list.workspaceId };
  useEffect(() => field.current?.focus(), []);
  const count = preview.read?.rules.length ?? 0;
  async function add(): Promise<void> {
    if (count === 0) return;
    // Whatever is pasted that has a form of its own is read as that.
    const isLines = kind === 'paste' && !/^\s*[{[]/.test(text);
    const done = isLines ? await list.addMany({ ...owner, text, scope }) : await list.addImported({ ...owner, text });
    if (done) onClose();
  }
  useShortcut('submit', () => void add());
  function keys(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    onClose();
  }
  return (
    <section className={styles.panel} aria-label={title} data-region="list-panel" onKeyDown={keys}>
      <div className={styles.top}>
        <div className="grow">
          <h2>{title}</h2>
          <p className="sm dim">{hint}</p>
        </div>
        {kind === 'import' ? <ChooseFile onText={setText} /> : null}
      </div>
      <div className={styles.both}>
        <label className={styles.text}>
          <span className="sr">{title}</span>
          <textarea ref={field} className="mono" value={text} placeholder={placeholder} spellCheck={false} onChange={(event) => setText(event.target.value)} />
        </label>
        <PreviewOf preview={preview} />
      </div>
      {list.change.error ? <Problem error={list.change.error} /> : null}
      <div className="foot">
        {kind === 'paste' && list.workspaceId !== null ? (
          <Select
            label="Holds for"
            value={scope}
            options={(['session', 'workspace', 'project', 'global'] as const).map((value) => ({ value, label: scopeNames[value] }))}
            onChange={setScope}
          />
        ) : null}
        <span className="grow" />
        <Button look="quiet" hint="esc" onClick={onClose}>
          Cancel
        </Button>
        <Button look="primary" shortcut="submit" busy={list.change.busy} unavailable={count === 0 && 'There is no rule in it yet'} onClick={() => void add()}>
          {count === 0 ? 'Add' : `Add ${plural(count, 'rule')}`}
        </Button>
      </div>
    </section>
  );
}

function ChooseFile({ onText }: { readonly onText: (text: string) => void }): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  async function read({ target }: ChangeEvent<HTMLInputElement>): Promise<void> {
    const file = target.files?.[0];
    if (file) onText(await file.text());
    target.value = '';
  }
  return (
    <>
      <Button icon="file" onClick={() => input.current?.click()}>
        Choose file…
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="File to import"
        accept=".json,.jsonc,.txt,.toml,.yaml,.yml,text/plain"
        onChange={(event) => void read(event)}
      />
    </>
  );
}

function PreviewOf({ preview }: { readonly preview: ListPreview }): ReactNode {
  const { read, error, busy } = preview;
  if (error) return <p className={`bad selectable ${styles.preview}`}>{problemText(error)}</p>;
  if (!read) return <p className={`faint ${styles.preview}`}>{busy ? 'Reading…' : 'What it would add is shown here before anything changes.'}</p>;
  return (
    <div className={styles.preview} role="group" aria-label="What it would add" tabIndex={0}>
      <p className="sm">
        <span className="med">{plural(read.rules.length, 'rule')}</span> <span className="dim">read as {read.format}</span>
        {read.refused.length > 0 ? <span className="bad">, {plural(read.refused.length, 'line')} cannot be one</span> : null}
      </p>
      <ul>
        {read.refused.map(({ line, text, reason }) => (
          <li key={`${line} ${text}`} className={styles.refused}>
            <span className="faint num">{line}</span>
            <span>
              <bdi className="mono">{text}</bdi>
              <span className="bad xs">{reason}</span>
            </span>
          </li>
        ))}
        {read.rules.map((rule) => (
          <PreviewLine key={rule.id} rule={rule} />
        ))}
      </ul>
    </div>
  );
}

function PreviewLine({ rule }: { readonly rule: Rule }): ReactNode {
  return (
    <li>
      <Icon name={rule.verdict === 'deny' ? 'block' : 'check'} tone={rule.verdict === 'deny' ? 'bad' : 'faint'} />
      <span className="mono cut host">
        <bdi>{rule.pattern}</bdi>
      </span>
      <span className="faint xs">{describePorts(rule)}</span>
    </li>
  );
}
