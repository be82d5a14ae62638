import { type ReactNode, useEffect } from 'react';
import { useLive } from '../../lib/core.tsx';
import { Banners } from './banners.tsx';
import { CommandsButton } from './commands-button.tsx';
import { Rail } from './rail.tsx';
import { MenuButton } from './window-controls.tsx';

type FrameProps = {
  readonly title: string;
  readonly titlebar: ReactNode;
  /** At the right end of the title bar. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly status: ReactNode;
  /** Floats over all; the rest is inert meanwhile. */
  readonly sheet?: ReactNode;
};

/** Title bar over rail and main; main is the only thing that scrolls. */
export function Frame({ title, titlebar, actions, children, status, sheet }: FrameProps): ReactNode {
  const offline = useLive((live) => live.status.kind !== 'live');
  const covered = Boolean(sheet);
  useEffect(() => {
    document.title = `${title} · Forgehold`;
  }, [title]);
  return (
    <div className="app" data-offline={offline || undefined}>
      <header className="titlebar" inert={covered} data-region="titlebar">
        <MenuButton />
        {titlebar}
        <div className="row">
          {actions}
          <CommandsButton />
        </div>
      </header>
      <div className="contents" inert={covered}>
        <Rail />
      </div>
      <main className="main" inert={covered}>
        <Banners />
        {children}
        <footer className="statusbar">{status}</footer>
      </main>
      {sheet}
    </div>
  );
}
