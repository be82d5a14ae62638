import type { ReactNode } from 'react';
import { setPreferences, usePreferences } from '../../lib/preferences.ts';
import { Seg } from '../../ui/seg.tsx';
import { Setting } from './setting.tsx';

/** How it looks on this screen; kept in this browser. */
export function AppearanceSection(): ReactNode {
  const { theme, textSize } = usePreferences();
  return (
    <>
      <header>
        <h1>Appearance</h1>
        <p className="dim">Kept in this browser, so each screen can have its own.</p>
      </header>
      <div className="card">
        <Setting title="Theme" about="Light or dark, for the app and for terminals. “System” follows what your desktop says, at once.">
          <Seg
            label="Theme"
            value={theme}
            onChange={(value) => setPreferences({ theme: value })}
            options={[
              { value: 'system', label: 'System' },
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
            ]}
          />
        </Setting>
        <Setting title="Text size" about="Of everything but terminals, which have a size of their own under Terminal.">
          <Seg
            label="Text size"
            value={textSize}
            onChange={(value) => setPreferences({ textSize: value })}
            options={[
              { value: 'normal', label: 'Normal' },
              { value: 'large', label: 'Large' },
              { value: 'larger', label: 'Larger' },
            ]}
          />
        </Setting>
      </div>
    </>
  );
}
