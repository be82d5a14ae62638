import type { ButtonHTMLAttributes, ReactNode } from 'react';
import type { Shortcut } from '../../shared/shortcuts.ts';
import { keyLabel } from '../lib/keys.ts';
import { Icon, type IconName } from './icon.tsx';

export type ButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'> & {
  readonly look?: 'primary' | 'quiet' | 'danger' | 'plain';
  readonly small?: boolean;
  readonly icon?: IconName;
  /** The chord it also answers to (registered by whoever runs it), or a plain key's name. */
  readonly shortcut?: Shortcut;
  readonly hint?: string;
  /** It works: an arc stands where the icon was, and further presses do nothing. */
  readonly busy?: boolean;
  /** Why it cannot be pressed now; shown as its tooltip. */
  readonly unavailable?: string | false | undefined;
  readonly children?: ReactNode;
};

/** `.btn`, always with its key beside it. Without children it is a square with an icon; `title` names it then. */
export function Button(props: ButtonProps): ReactNode {
  const { look = 'plain', small, icon, shortcut, hint, busy, unavailable, children, className, title, onClick, type = 'button', ...rest } = props;
  const classes = ['btn', look !== 'plain' && look, small && 'small', !children && 'icon', busy && 'busy', className].filter(Boolean).join(' ');
  const key = shortcut ? keyLabel(shortcut) : hint;
  const name = title && key && !children ? `${title}  ${key}` : title;
  return (
    <button
      {...rest}
      type={type}
      className={classes}
      title={unavailable || name}
      aria-label={children ? undefined : title}
      aria-disabled={busy || Boolean(unavailable) || undefined}
      aria-busy={busy || undefined}
      onClick={(event) => {
        if (busy || unavailable) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {busy && !icon ? <Icon name="retry" /> : null}
      {icon ? <Icon name={icon} /> : null}
      {children}
      {children && key ? <kbd aria-hidden="true">{key}</kbd> : null}
    </button>
  );
}
