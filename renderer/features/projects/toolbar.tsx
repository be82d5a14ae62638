import type { ReactNode } from 'react';
import { navigate } from '../../lib/route.ts';
import { Button } from '../../ui/button.tsx';
import { FilterField } from '../../ui/filter-field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Seg } from '../../ui/seg.tsx';
import { type Sort, sorts } from './order.ts';
import { type Row, type Show, filterRows } from './rows.ts';
import { TickedBar } from './ticked-bar.tsx';
import type { ProjectList } from './use-project-list.ts';

type Props = { readonly rows: readonly Row[]; readonly list: ProjectList };

export function Toolbar({ rows, list }: Props): ReactNode {
  function count(of: Show): number {
    return filterRows(rows, of, '').length;
  }
  return (
    <div className="bar" data-region="toolbar">
      <FilterField label="Filter projects" text={list.text} onText={list.setText} />
      <Seg
        label="Show"
        value={list.show}
        onChange={list.setShow}
        options={[
          { value: 'all', label: <>All {count('all')}</> },
          { value: 'attention', label: <>Need you {count('attention')}</> },
          { value: 'running', label: <>Running {count('running')}</> },
        ]}
      />
      <span className="end" />
      {list.ticked.size > 0 ? (
        <TickedBar rows={rows.filter((row) => list.ticked.has(row.key))} onClear={list.clearTicks} />
      ) : (
        <>
          <SortMenu sort={list.sort} onSort={list.setSort} />
          <Button icon="plus" shortcut="addFolder" onClick={() => navigate({ page: 'projects', sheet: { kind: 'add' } })}>
            Add project
          </Button>
        </>
      )}
    </div>
  );
}

/** Choosing the present one again sorts anew: what happened since has not moved the rows. */
function SortMenu({ sort, onSort }: { readonly sort: Sort; readonly onSort: (sort: Sort) => void }): ReactNode {
  return (
    <Menu
      label="Sort by"
      trigger={
        <button type="button" className="btn quiet" title="Sort by">
          {sorts[sort]} <Icon name="down" />
        </button>
      }
      entries={(Object.keys(sorts) as Sort[]).map((value) => ({
        label: sorts[value],
        current: value === sort,
        ...(value === sort ? { icon: 'check' as const } : {}),
        onSelect: () => onSort(value),
      }))}
    />
  );
}
