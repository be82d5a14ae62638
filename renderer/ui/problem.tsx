import type { ReactNode } from 'react';
import { AppError } from '../../shared/errors.ts';
import { Icon } from './icon.tsx';

/** The sentence to show for whatever was thrown. */
export function problemText(error: unknown): string {
  if (error instanceof AppError) return error.message;
  return 'Something went wrong in this page. Reload it; nothing that runs is touched by that.';
}

/** What went wrong, in its place: the core's own sentence, and the button that helps. */
export function Problem({ error, children }: { readonly error: unknown; readonly children?: ReactNode }): ReactNode {
  return (
    <div className="banner bad" role="alert">
      <Icon name="alert" />
      <p className="grow selectable">{problemText(error)}</p>
      {children}
    </div>
  );
}
