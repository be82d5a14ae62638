import type { Row } from './rows.ts';

/** What a row's keys and menu ask of the page around it. */
export type RowHands = {
  readonly onRemove: (row: Row) => void;
  /** Removes the project with all its workspaces. */
  readonly onRemoveProject: (row: Row) => void;
  /** Null ends a renaming. */
  readonly onRename: (row: Row | null) => void;
};
