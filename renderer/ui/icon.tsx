import type { ReactNode } from 'react';
import type { Tone } from '../../shared/words.ts';

export type IconName =
  | 'projects'
  | 'terminals'
  | 'domains'
  | 'settings'
  | 'shield'
  | 'shield-ok'
  | 'shield-bad'
  | 'shield-off'
  | 'branch'
  | 'plus'
  | 'search'
  | 'down'
  | 'right'
  | 'x'
  | 'check'
  | 'more'
  | 'split'
  | 'max'
  | 'play'
  | 'pause'
  | 'stop'
  | 'retry'
  | 'alert'
  | 'block'
  | 'file'
  | 'folder'
  | 'drop'
  | 'clock'
  | 'lock'
  | 'cpu'
  | 'key'
  | 'bolt'
  | 'copy'
  | 'anvil'
  | 'menu'
  | 'minimize'
  | 'maximize'
  | 'restore';

/** An icon says nothing that a word beside it does not say. */
export function Icon({ name, tone = '' }: { readonly name: IconName; readonly tone?: Tone }): ReactNode {
  return <i className={`i i-${name} ${tone}`.trimEnd()} aria-hidden="true" />;
}
