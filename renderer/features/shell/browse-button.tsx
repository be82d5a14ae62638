import type { ReactNode } from 'react';
import { useShell } from '../../lib/shell.ts';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { problemText } from '../../ui/problem.tsx';

type Props = {
  readonly kind: 'folder' | 'file';
  /** Of the system's dialog. */
  readonly title: string;
  /** Where it begins; empty: where the user was last. */
  readonly startAt?: string;
  /** Only the icon, where there is little room. */
  readonly small?: boolean;
  readonly onPick: (path: string) => void;
};

/** The system's own dialog, where there is one: a browser gives no paths. */
export function BrowseButton({ kind, title, startAt = '', small = false, onPick }: Props): ReactNode {
  const { shell } = useShell();
  const action = useAction();
  if (!shell) return null;
  async function pick(): Promise<void> {
    const { path } = await shell!.call('shell.pick', { kind, title, ...(startAt.startsWith('/') && { startAt }) });
    if (path !== null) onPick(path);
  }
  return (
    <Button icon="folder" small={small} busy={action.busy} title={action.error ? problemText(action.error) : title} onClick={() => void action.run(pick)}>
      {small ? null : 'Browse…'}
    </Button>
  );
}
