import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { WorkspaceOptions } from '../../../shared/model/options.ts';
import type { Settings } from '../../../shared/model/settings.ts';
import { changesOf } from '../options/draft.ts';
import { ModeOption } from '../options/mode-option.tsx';
import { optionLabels } from '../options/names.ts';
import { OptionFields } from '../options/option-fields.tsx';
import { useOptions } from '../options/use-options.ts';
import { fieldProblem } from './field-problem.ts';
import type { Save } from './use-settings.ts';
import styles from './settings.module.css';

type Props = { readonly settings: Settings; readonly save: Save };

/** So long after the last key what was typed is kept. Milliseconds. */
const pause = 600;

/** What workspaces of every project begin with: the weakest layer above Forgehold's own. */
export function DefaultsSection({ settings, save }: Props): ReactNode {
  // What this form kept itself; anything else that the settings say is an undo or another window, and the form begins anew with it.
  const kept = useRef(settings.defaults);
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (isSame(kept.current, settings.defaults)) return;
    kept.current = settings.defaults;
    setRound((last) => last + 1);
  }, [settings.defaults]);
  async function keep(defaults: WorkspaceOptions): Promise<void> {
    const [name] = Object.keys(changesOf(kept.current, defaults)) as (keyof WorkspaceOptions)[];
    kept.current = defaults;
    await save({ defaults }, name ? `default ${optionLabels[name].toLowerCase()}` : 'defaults');
  }
  return (
    <>
      <header>
        <h1>Defaults for new workspaces</h1>
        <p className="dim">
          Workspaces of every project begin with these, unless the project or the workspace itself says otherwise. An empty field leaves it to Forgehold. Those
          that exist stay as they are.
        </p>
      </header>
      <DefaultsForm key={round} defaults={settings.defaults} onKeep={keep} />
    </>
  );
}

function isSame(one: WorkspaceOptions, other: WorkspaceOptions): boolean {
  return Object.keys(changesOf(one, other)).length === 0;
}

type FormProps = { readonly defaults: WorkspaceOptions; readonly onKeep: (defaults: WorkspaceOptions) => Promise<void> };

function DefaultsForm({ defaults, onKeep }: FormProps): ReactNode {
  const editor = useOptions(defaults, null);
  const [error, setError] = useState<unknown>(null);
  const latest = useRef({ kept: defaults, onKeep });
  latest.current.onKeep = onKeep;
  const { options, problems } = editor;
  const wrong = Object.keys(problems).length > 0;
  useEffect(() => {
    const { kept } = latest.current;
    if (wrong || isSame(kept, options)) return;
    const timer = setTimeout(() => {
      latest.current.kept = options;
      latest.current.onKeep(options).then(
        () => setError(null),
        (cause: unknown) => {
          latest.current.kept = kept;
          setError(cause);
        },
      );
    }, pause);
    return () => clearTimeout(timer);
  }, [options, wrong]);
  return (
    <>
      {error ? (
        <p className="bad sm selectable" role="alert">
          {fieldProblem(error)}
        </p>
      ) : null}
      <div className={`card ${styles.options}`}>
        <ModeOption editor={editor} />
        <OptionFields editor={editor} engine="default" domains />
      </div>
    </>
  );
}
