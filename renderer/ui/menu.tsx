import { Menu as Base } from '@base-ui/react/menu';
import type { ReactElement, ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

export type MenuEntry =
  | {
      readonly label: ReactNode;
      readonly icon?: IconName;
      readonly hint?: string;
      readonly danger?: boolean;
      readonly current?: boolean;
      /** It is on or off, and a press turns it. */
      readonly checked?: boolean;
      /** What it is about, where there is no room to say so. */
      readonly title?: string;
      readonly onSelect: () => void;
    }
  | { readonly heading: string }
  | 'line';

type MenuProps = {
  readonly trigger: ReactElement<Record<string, unknown>>;
  readonly label: string;
  readonly entries: readonly MenuEntry[];
  readonly open?: boolean;
  readonly onOpenChange?: (open: boolean) => void;
};

/** A button that opens a list of actions; arrows, letters and Escape work in it. */
export function Menu({ trigger, label, entries, ...control }: MenuProps): ReactNode {
  return (
    <Base.Root {...control}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className="layer" sideOffset={4} align="start" collisionPadding={8}>
          <Base.Popup className="pop menu" aria-label={label}>
            {entries.map((entry, at) => (
              <Line key={at} entry={entry} />
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function Line({ entry }: { readonly entry: MenuEntry }): ReactNode {
  if (entry === 'line') return <hr />;
  if ('heading' in entry) {
    return (
      <p className="heading" role="presentation">
        {entry.heading}
      </p>
    );
  }
  const { label, icon, hint, danger, current, checked, title, onSelect } = entry;
  const shared = { className: danger ? 'bad' : '', title, onClick: onSelect } as const;
  const content = (
    <>
      {icon ? <Icon name={icon} /> : null}
      {label}
      {hint ? <kbd>{hint}</kbd> : null}
    </>
  );
  if (checked === undefined) {
    return (
      <Base.Item {...shared} aria-current={current}>
        {content}
      </Base.Item>
    );
  }
  return (
    <Base.CheckboxItem {...shared} checked={checked} closeOnClick>
      {content}
    </Base.CheckboxItem>
  );
}
