import { type ReactNode, useState } from 'react';
import { plural } from '../../../shared/format.ts';
import type { Preset } from '../../../shared/model/domain.ts';
import { useShortcut } from '../../lib/keys.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu, type MenuEntry } from '../../ui/menu.tsx';
import styles from './domains.module.css';

/** So many stand on the page; where it is narrow, half of them. All are in the menu. */
const mostChips = 8;

const kindNames = { agent: 'Agents', packages: 'Packages', git: 'Git', system: 'System', services: 'Services' } as const satisfies Record<
  Preset['kind'],
  string
>;
const kinds = Object.keys(kindNames) as readonly Preset['kind'][];

type Props = { readonly presets: readonly Preset[]; readonly busy: boolean; readonly onToggle: (preset: Preset, on: boolean) => void };

/** What it holds, and why it is offered. */
function explain({ because, domains }: Preset): string {
  return [because, ...domains].filter(Boolean).join('\n');
}

/** The presets that hold or that the project seems to need; the others in the menu. The order is the core's: what fits comes first. */
export function PresetChips({ presets, busy, onToggle }: Props): ReactNode {
  const near = presets.filter((preset) => preset.on || preset.because !== undefined);
  const shown = [...near, ...presets.filter((preset) => !near.includes(preset))].slice(0, mostChips);
  if (presets.length === 0) return null;
  return (
    <div className={styles.chips} role="group" aria-label="Presets" data-region="presets" aria-busy={busy}>
      {shown.map((preset, at) => (
        <button
          key={preset.id}
          type="button"
          className={`chip ${at >= mostChips / 2 ? 'wide' : ''}`}
          aria-pressed={preset.on}
          title={explain(preset)}
          onClick={() => onToggle(preset, !preset.on)}
        >
          <Icon name={preset.on ? 'check' : 'plus'} />
          {preset.title}
          <span className="faint num">{preset.domains.length}</span>
        </button>
      ))}
      <AllPresets presets={presets} onToggle={onToggle} />
    </div>
  );
}

function AllPresets({ presets, onToggle }: Pick<Props, 'presets' | 'onToggle'>): ReactNode {
  const [open, setOpen] = useState(false);
  useShortcut('presets', () => setOpen(true));
  const entries = kinds.flatMap((kind): MenuEntry[] => {
    const own = presets.filter((preset) => preset.kind === kind);
    if (own.length === 0) return [];
    return [{ heading: kindNames[kind] }, ...own.map((preset) => presetEntry(preset, onToggle))];
  });
  return (
    <Menu
      label="All presets"
      open={open}
      onOpenChange={setOpen}
      entries={entries}
      trigger={
        <Button look="quiet" small>
          All presets…
        </Button>
      }
    />
  );
}

function presetEntry(preset: Preset, onToggle: Props['onToggle']): MenuEntry {
  return {
    label: preset.title,
    icon: preset.on ? 'check' : 'plus',
    title: explain(preset),
    hint: plural(preset.domains.length, 'domain'),
    checked: preset.on,
    onSelect: () => onToggle(preset, !preset.on),
  };
}
