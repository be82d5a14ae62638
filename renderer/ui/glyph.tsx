import type { ReactNode } from 'react';
import type { GlyphKind } from '../../shared/words.ts';

/** The state glyph: its shape says what. `label` is what a screen reader hears; without one the word stands beside it. */
export function Glyph({ kind, label }: { readonly kind: GlyphKind; readonly label?: string }): ReactNode {
  return label ? <span className={`st ${kind}`} role="img" aria-label={label} /> : <span className={`st ${kind}`} aria-hidden="true" />;
}
