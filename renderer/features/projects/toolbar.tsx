import { type ReactNode, useRef } from 'react';
import { usePlainKeys } from '../../lib/keys.ts';
import { navigate } from '../../lib/route.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Seg } from '../../ui/seg.tsx';
import { type Row, type Show, filterRows } from './rows.ts';
import styles from './projects.module.css';

type Props = {
  readonly rows: readonly Row[];
  readonly show: Show;
  readonly onShow: (show: Show) => void;
  readonly text: string;
  readonly onText: (text: string) => void;
};

export function Toolbar({ rows, show, onShow, text, onText }: Props): ReactNode {
  const field = useRef<HTMLInputElement>(null);
  usePlainKeys({ '/': () => field.current?.focus() });
  function count(of: Show): number {
    return filterRows(rows, of, '').length;
  }
  return (
    <div className="bar" data-region="toolbar">
      <label className={`field ${styles.filter}`}>
        <Icon name="search" />
        <span className="sr">Filter projects</span>
        <input
          ref={field}
          value={text}
          placeholder="Filter"
          spellCheck={false}
          onChange={(event) => onText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onText('');
            if (event.key === 'Escape' || event.key === 'ArrowDown' || event.key === 'Enter') document.querySelector<HTMLElement>('tr[tabindex="0"]')?.focus();
          }}
        />
        <kbd>/</kbd>
      </label>
      <Seg
        label="Show"
        value={show}
        onChange={onShow}
        options={[
          { value: 'all', label: <>All {count('all')}</> },
          { value: 'attention', label: <>Need you {count('attention')}</> },
          { value: 'running', label: <>Running {count('running')}</> },
        ]}
      />
      <span className="end" />
      <Button icon="plus" shortcut="addFolder" onClick={() => navigate({ page: 'projects', sheet: { kind: 'add' } })}>
        Add project
      </Button>
    </div>
  );
}
