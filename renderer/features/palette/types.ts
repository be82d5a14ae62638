import type { Client } from '../../../shared/contract/client.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import type { GlyphKind } from '../../../shared/words.ts';
import type { IconName } from '../../ui/icon.tsx';

/** What choosing an entry leads to: it is done, or the palette asks on. */
export type Step =
  | { readonly kind: 'choose'; readonly label: string; readonly entries: readonly Entry[] }
  | {
      readonly kind: 'text';
      readonly label: string;
      readonly initial: string;
      readonly hint: string;
      /** Rejects with the sentence to show; the palette stays open then. */
      readonly submit: (text: string) => Promise<unknown>;
    };

export type Plan = { readonly unavailable: string } | { readonly run: () => unknown } | { readonly step: Step };

export type Entry = {
  /** Stable across openings, for what was used lately. */
  readonly id: string;
  readonly title: string;
  readonly group: string;
  readonly plan: Plan;
  readonly detail?: string;
  readonly words?: string;
  readonly icon?: IconName;
  readonly glyph?: { readonly kind: GlyphKind; readonly label: string };
  /** Its key. */
  readonly hint?: string | undefined;
};

/** Where the user is, and what there is. */
export type Context = {
  readonly client: Client;
  readonly snapshot: Snapshot;
  /** The workspace whose page is open. */
  readonly workspace: Workspace | null;
};
