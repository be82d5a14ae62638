import type { KeyboardEvent, ReactNode } from 'react';

type Option<T extends string> = { readonly value: T; readonly label: ReactNode };

/** One of a few: `.seg`. ←→ move the choice, as in a group of radio buttons. */
export function Seg<T extends string>(props: {
  readonly label: string;
  readonly options: readonly Option<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}): ReactNode {
  const { label, options, value, onChange } = props;
  function move(event: KeyboardEvent<HTMLDivElement>): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = options.findIndex((option) => option.value === value);
    const next = (at + step + options.length) % options.length;
    onChange(options[next]!.value);
    event.currentTarget.querySelectorAll('button')[next]?.focus();
  }
  return (
    <div className="seg" role="group" aria-label={label} onKeyDown={move}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          tabIndex={option.value === value ? 0 : -1}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
