import { type ReactNode, useEffect, useState } from 'react';
import type { CallOutput } from '../../../shared/contract/index.ts';
import { useClient } from '../../lib/core.tsx';
import { Button } from '../../ui/button.tsx';
import { problemText } from '../../ui/problem.tsx';
import { Switch } from '../../ui/switch.tsx';
import { BrowseButton } from '../shell/browse-button.tsx';
import type { MountDraft } from './draft.ts';
import { OptionRow } from './option-row.tsx';
import type { OptionsEditor } from './use-options.ts';
import styles from './options.module.css';

const empty: MountDraft = { source: '', target: '', readOnly: true, confirmed: '' };

/** Folders of the host that the workspace sees besides its project. */
export function MountsOption({ editor }: { readonly editor: OptionsEditor }): ReactNode {
  const mounts = editor.shown('mounts') ?? [];
  function change(at: number, part: Partial<MountDraft>): void {
    editor.set(
      'mounts',
      mounts.map((mount, index) => (index === at ? { ...mount, ...part } : mount)),
    );
  }
  return (
    <OptionRow editor={editor} name="mounts" hint={mounts.length === 0 ? 'Folders of this computer that the agent sees besides the project.' : undefined}>
      {mounts.length > 0 ? (
        <ul className={styles.mounts}>
          {mounts.map((mount, at) => (
            <Mount
              key={at}
              id={`${editor.id}mount-${at}`}
              mount={mount}
              at={at}
              onChange={(part) => change(at, part)}
              onRemove={() =>
                editor.set(
                  'mounts',
                  mounts.filter((_, index) => index !== at),
                )
              }
            />
          ))}
        </ul>
      ) : null}
      <Button small icon="plus" onClick={() => editor.set('mounts', [...mounts, empty])}>
        Add a folder
      </Button>
    </OptionRow>
  );
}

type MountProps = {
  readonly id: string;
  readonly mount: MountDraft;
  readonly at: number;
  readonly onChange: (part: Partial<MountDraft>) => void;
  readonly onRemove: () => void;
};

function Mount({ id, mount, at, onChange, onRemove }: MountProps): ReactNode {
  const check = useMountCheck(mount.source.trim(), mount.readOnly);
  const number = at + 1;
  return (
    <li data-mount={mount.source}>
      <span className={styles.source}>
        <span className={`field ${check?.tone === 'bad' ? 'invalid' : ''}`}>
          <span className="sr">Folder {number} of this computer</span>
          <input
            className="mono"
            aria-label={`Folder ${number} of this computer`}
            aria-describedby={`${id}-why`}
            autoFocus={mount.source === ''}
            value={mount.source}
            placeholder="/folder/of/this/computer"
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => onChange({ source: event.target.value, confirmed: '' })}
          />
        </span>
        <BrowseButton small kind="folder" title={`Choose folder ${number}`} startAt={mount.source} onPick={(source) => onChange({ source, confirmed: '' })} />
      </span>
      <span className="field">
        <input
          className="mono"
          aria-label={`Place of folder ${number} in the container`}
          value={mount.target}
          placeholder="At the same path"
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ target: event.target.value })}
        />
      </span>
      <span className="row sm dim">
        <Switch label={`The agent may write in folder ${number}`} on={!mount.readOnly} onChange={(on) => onChange({ readOnly: !on })} />
        {mount.readOnly ? 'reads' : 'writes'}
      </span>
      <Button small look="quiet" icon="x" title={`Take folder ${number} out`} onClick={onRemove} />
      <p id={`${id}-why`} className={`xs ${check?.tone ?? ''}`} hidden={!check?.text}>
        {check?.text}
      </p>
      {check?.answer?.verdict === 'confirm' ? <Confirmation resolved={check.answer.resolved} id={id} mount={mount} onChange={onChange} /> : null}
    </li>
  );
}

type ConfirmationProps = Pick<MountProps, 'id' | 'mount' | 'onChange'> & { readonly resolved: string };

/** A sensitive folder is mounted only when its path was typed again. */
function Confirmation({ resolved, id, mount, onChange }: ConfirmationProps): ReactNode {
  const right = mount.confirmed === resolved;
  return (
    <div className={styles.confirm}>
      <label htmlFor={`${id}-confirm`} className="xs warn">
        Type <span className="mono selectable">{resolved}</span> to mount it all the same
      </label>
      <span className={`field ${styles.long} ${mount.confirmed !== '' && !right ? 'invalid' : ''}`}>
        <input
          id={`${id}-confirm`}
          className="mono"
          value={mount.confirmed}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ confirmed: event.target.value })}
        />
      </span>
    </div>
  );
}

type Check = { readonly answer: CallOutput<'mounts.check'> | null; readonly text: string; readonly tone: 'bad' | 'warn' | 'faint' };

/** A pause in typing before the host is asked. Milliseconds. */
const pause = 250;

/** What the core says about a folder of the host; null while there is nothing to say. */
function useMountCheck(source: string, readOnly: boolean): Check | null {
  const client = useClient();
  const [check, setCheck] = useState<Check | null>(null);
  useEffect(() => {
    setCheck(null);
    if (!source.startsWith('/')) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      client.call('mounts.check', { source, readOnly }, { signal: stop.signal }).then(
        (answer) => !stop.signal.aborted && setCheck({ answer, ...say(source, answer) }),
        (error: unknown) => !stop.signal.aborted && setCheck({ answer: null, text: problemText(error), tone: 'bad' }),
      );
    }, pause);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [client, source, readOnly]);
  return check;
}

function say(source: string, answer: CallOutput<'mounts.check'>): Pick<Check, 'text' | 'tone'> {
  const { verdict, reason = '', resolved } = answer;
  if (verdict === 'fine') return { text: resolved === source ? '' : `It leads to ${resolved}.`, tone: 'faint' };
  return { text: reason, tone: verdict === 'confirm' ? 'warn' : 'bad' };
}
