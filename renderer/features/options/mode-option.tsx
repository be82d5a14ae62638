import type { ReactNode } from 'react';
import { modeMeaning, modeNames } from '../../../shared/words.ts';
import { Seg } from '../../ui/seg.tsx';
import { offeredModes } from './names.ts';
import { OptionRow } from './option-row.tsx';
import type { OptionsEditor } from './use-options.ts';

/** What may leave the workspace. */
export function ModeOption({ editor }: { readonly editor: OptionsEditor }): ReactNode {
  const mode = editor.shown('mode') ?? 'restricted';
  return (
    <OptionRow editor={editor} name="mode" hint={modeMeaning[mode]}>
      <Seg
        label="Network"
        value={mode}
        options={offeredModes(mode).map((value) => ({ value, label: modeNames[value] }))}
        onChange={(value) => editor.set('mode', value)}
      />
    </OptionRow>
  );
}
