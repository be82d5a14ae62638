import { type ReactNode, useEffect, useState } from 'react';
import type { CallOutput } from '../../../shared/contract/index.ts';
import { useClient } from '../../lib/core.tsx';
import { Icon } from '../../ui/icon.tsx';
import { problemText } from '../../ui/problem.tsx';
import { readNames } from './lines.ts';
import { OptionRow } from './option-row.tsx';
import type { OptionsEditor } from './use-options.ts';

/** Package caches that the workspaces of the project share; another project never sees them. */
export function CachesOption({ editor }: { readonly editor: OptionsEditor }): ReactNode {
  const { caches, error } = useCaches();
  const chosen = readNames(editor.shown('caches') ?? '');
  function toggle(id: string): void {
    editor.set('caches', (chosen.includes(id) ? chosen.filter((name) => name !== id) : [...chosen, id]).join(' '));
  }
  return (
    <OptionRow
      editor={editor}
      name="caches"
      hint={error ? <span className="bad">{problemText(error)}</span> : 'Packages that workspaces of this project keep and share. No other project sees them.'}
      wide
    >
      {caches.map(({ id, title }) => (
        <button key={id} type="button" className="chip" aria-pressed={chosen.includes(id)} onClick={() => toggle(id)}>
          <Icon name={chosen.includes(id) ? 'check' : 'plus'} />
          {title}
        </button>
      ))}
    </OptionRow>
  );
}

type Caches = { readonly caches: CallOutput<'caches.list'>; readonly error: unknown };

function useCaches(): Caches {
  const client = useClient();
  const [state, setState] = useState<Caches>({ caches: [], error: null });
  useEffect(() => {
    let current = true;
    client.call('caches.list', {}).then(
      (caches) => current && setState({ caches, error: null }),
      (error: unknown) => current && setState({ caches: [], error }),
    );
    return () => void (current = false);
  }, [client]);
  return state;
}
