import type { ReactNode } from 'react';
import { type CommandId, commandGroups, commandIds } from '../../../shared/commands.ts';
import { commandKey, commandOf } from '../../lib/commands.ts';
import { surface } from '../../lib/keys.ts';
import styles from './settings.module.css';

/** Keys that act only where no text can be typed, and in lists. Each is shown by the page that has it, too. */
const pageKeys = [
  ['↑↓', 'Move in a list'],
  ['↵', 'Open what is selected'],
  ['/', 'Filter or search'],
  ['⌫', 'Remove what is selected, after a question or with undo'],
  ['esc', 'Close what floats; back to where you were'],
  ['O, S, P, A', 'Allow a blocked domain once, for the session, the project, always'],
  ['D, ⇧D', 'Deny a blocked domain, or deny it silently'],
  ['Space', 'Pause live decisions; tick what learning found'],
  ['W', 'Widen what learning found to *.domain'],
  ['R', 'Review what learning found, or a burst of blocked domains'],
  ['R, C', 'Check again and copy the report, in the doctor'],
  ['End', 'Follow the log again'],
  ['⇧↵', 'New line in an agent’s prompt'],
  [surface === 'desktop-mac' ? '⌘C, ⌘V' : 'Ctrl+⇧C, Ctrl+⇧V', 'Copy and paste in a terminal'],
] as const;

/** Every command that has a key, by group; what the list shows is what the keys do. */
export function keyGroups(): { readonly group: string; readonly keys: readonly { readonly id: CommandId; readonly title: string; readonly key: string }[] }[] {
  const all = commandIds.flatMap((id) => {
    const key = commandKey(id);
    return key === undefined ? [] : [{ id, title: commandOf(id).title.replace(/…$/, ''), key, group: commandOf(id).group }];
  });
  return commandGroups.map((group) => ({ group, keys: all.filter((item) => item.group === group) })).filter(({ keys }) => keys.length > 0);
}

export function KeyboardSection(): ReactNode {
  return (
    <>
      <header>
        <h1>Keyboard</h1>
        <p className="dim">Keys are found by their place, so they work on every layout. Each button shows its own.</p>
      </header>
      {keyGroups().map(({ group, keys }) => (
        <KeyList key={group} title={group} keys={keys.map(({ key, title }) => [key, title])} />
      ))}
      <KeyList title="In lists and pages" keys={pageKeys} />
    </>
  );
}

function KeyList({ title, keys }: { readonly title: string; readonly keys: readonly (readonly [string, string])[] }): ReactNode {
  return (
    <>
      <h2>{title}</h2>
      <dl className={`card ${styles.keys}`}>
        {keys.flatMap(([key, what]) => [
          <dt key={what}>{what}</dt>,
          <dd key={key}>
            <kbd>{key}</kbd>
          </dd>,
        ])}
      </dl>
    </>
  );
}
