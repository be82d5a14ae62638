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
      readonly onSelect: () => void;
    }
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
            {entries.map((entry, at) =>
              entry === 'line' ? (
                <hr key={at} />
              ) : (
                <Base.Item key={at} onClick={entry.onSelect} className={entry.danger ? 'bad' : ''} aria-current={entry.current}>
                  {entry.icon ? <Icon name={entry.icon} /> : null}
                  {entry.label}
                  {entry.hint ? <kbd>{entry.hint}</kbd> : null}
                </Base.Item>
              ),
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
