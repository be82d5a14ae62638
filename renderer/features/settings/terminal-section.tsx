import type { ReactNode } from 'react';
import { AppError } from '../../../shared/errors.ts';
import { formatBytesFinely } from '../../../shared/format-bytes.ts';
import type { Settings } from '../../../shared/model/settings.ts';
import { setPreferences, terminalFontRange, usePreferences } from '../../lib/preferences.ts';
import { TextSetting } from './setting.tsx';
import type { Save } from './use-settings.ts';

/** tmux holds about 0.74 kB a line. */
const bytesPerLine = 740;

/** Kept in this browser, so nobody but this page can refuse it. */
function saveFont(text: string): Promise<void> {
  const pixels = Number(text);
  const { min, max } = terminalFontRange;
  if (!Number.isInteger(pixels) || pixels < min || pixels > max) {
    return Promise.reject(new AppError('settings/font-size', `Give a whole number from ${min} to ${max}.`));
  }
  setPreferences({ terminalFont: pixels });
  return Promise.resolve();
}

export function TerminalSection({ settings, save }: { readonly settings: Settings; readonly save: Save }): ReactNode {
  const { terminalFont } = usePreferences();
  return (
    <>
      <header>
        <h1>Terminal</h1>
        <p className="dim">For the terminals of every workspace.</p>
      </header>
      <div className="card">
        <TextSetting
          title="Font size"
          about="Of the text in terminals, on this screen. Open terminals follow at once."
          value={String(terminalFont)}
          unit="px"
          onSave={saveFont}
        />
        <TextSetting
          title="Scrollback"
          about={`Lines a terminal keeps to scroll back to, 1,000 to 50,000. A full one of ${settings.historyLines.toLocaleString('en')} lines takes ${formatBytesFinely(settings.historyLines * bytesPerLine)} of its workspace’s memory. Terminals opened from now on have it.`}
          value={String(settings.historyLines)}
          unit="lines"
          onSave={(text) => save({ historyLines: Number(text) }, 'Scrollback')}
        />
        <TextSetting
          title="Disconnect key"
          about="Leaves “forgehold attach” on the command line, while the program goes on. ctrl+ and a letter, or one of [ \ ] ^ _."
          value={settings.disconnectKey}
          mono
          onSave={(text) => save({ disconnectKey: text.toLowerCase() }, 'Disconnect key')}
        />
      </div>
    </>
  );
}
