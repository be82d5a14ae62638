import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

type Option<T extends string> = { readonly value: T; readonly label: string; readonly unavailable?: boolean };
type Props<T extends string> = {
  readonly id?: string;
  readonly label?: string;
  readonly value: T;
  readonly options: readonly Option<T>[];
  readonly disabled?: boolean;
  readonly className?: string | undefined;
  readonly onChange: (value: T) => void;
};

/** One of many: the browser's own list in the look of a field. */
export function Select<T extends string>({ id, label, value, options, disabled, className = '', onChange }: Props<T>): ReactNode {
  return (
    <span className={`field select ${className}`}>
      <select id={id} aria-label={label} value={value} disabled={disabled} onChange={(event) => onChange(event.target.value as T)}>
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.unavailable}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon name="down" />
    </span>
  );
}
