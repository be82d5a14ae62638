import type { ReactNode } from 'react';
import { keyLabel } from '../../lib/keys.ts';
import { Icon } from '../../ui/icon.tsx';
import { openPalette } from '../palette/store.ts';

export function CommandsButton(): ReactNode {
  const key = keyLabel('palette');
  return (
    <button type="button" className="btn quiet" title={`Commands  ${key}`} aria-haspopup="dialog" onClick={() => openPalette('everything')}>
      <Icon name="search" />
      <span className="sr">Commands</span>
      <kbd className="wide">{key}</kbd>
    </button>
  );
}
