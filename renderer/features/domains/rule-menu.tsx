import type { ReactNode } from 'react';
import { useClient } from '../../lib/core.tsx';
import { useShortcut } from '../../lib/keys.ts';
import { nameOfFile, saveText } from '../../lib/save-text.ts';
import { currentShell } from '../../lib/shell.ts';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { commandEntry } from '../../ui/command-entry.ts';
import { Menu } from '../../ui/menu.tsx';
import { tellFailure } from '../palette/store.ts';
import type { RuleList } from './use-rules.ts';

type Props = {
  readonly list: RuleList;
  /** What the file is named after. */ readonly name: string;
  readonly onPaste: () => void;
  readonly onImport: () => void;
};

/** What is done to the list as a whole. */
export function RuleMenu({ list, name, onPaste, onImport }: Props): ReactNode {
  const client = useClient();
  const action = useAction();
  function withText(use: (text: string) => unknown): void {
    void action.run(async () => {
      try {
        const { text } = await client.call('domains.export', list.workspaceId === null ? {} : { workspaceId: list.workspaceId });
        await use(text);
      } catch (error) {
        tellFailure('Export the rules', error);
      }
    });
  }
  const copy = (): void => withText((text) => navigator.clipboard.writeText(text));
  const save = (): void => withText((text) => saveText(nameOfFile(`${name} domains`, 'json'), text));
  useShortcut('pasteRules', onPaste);
  useShortcut('importRules', onImport);
  useShortcut('copyRules', copy);
  // The desktop window takes no downloads.
  const takesFiles = currentShell() === null;
  useShortcut('exportRules', save, takesFiles);
  useShortcut('undo', () => void list.undo(), list.last !== null || list.change.busy);
  return (
    <Menu
      label="The list"
      trigger={<Button look="quiet" icon="more" title="Paste, import, export" busy={action.busy} />}
      entries={[
        commandEntry('pasteRules', onPaste),
        commandEntry('importRules', onImport),
        'line',
        commandEntry('copyRules', copy),
        ...(takesFiles ? [commandEntry('exportRules', save)] : []),
        ...(list.last ? (['line', commandEntry('undo', () => void list.undo())] as const) : []),
      ]}
    />
  );
}
