import type { App } from 'electron';
import { type Asked, type Handed, readArguments, readHanded, type Start, takeOwn } from './arguments.ts';
import { linkScheme } from './deep-links.ts';

/** This process among those of the same profile, and what the system hands to it. */
export type Instance = {
  /** What this process was started with. */
  readonly start: Start;
  /** False when another instance has the profile: it was handed our arguments, and this process may go. */
  readonly takeProfile: () => boolean;
  /** Called with all that was asked for so far, then with each thing; `onAgain` at each further start of the app. */
  readonly listen: (open: (asked: Asked) => void, onAgain: (start: Start) => void) => void;
};

/** Listens at once: on macOS the link or folder that the app was started for comes before it is ready. */
export function createInstance(app: App, own: readonly string[]): Instance {
  const start = readArguments(own, process.cwd());
  const early: Asked[] = [...start.asked];
  let open: (asked: Asked) => void = (asked) => void early.push(asked);
  app.on('open-url', (event, text) => {
    event.preventDefault();
    open({ kind: 'link', text });
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    open({ kind: 'path', path });
  });
  return {
    start,
    takeProfile: () => app.requestSingleInstanceLock({ own: [...own], cwd: process.cwd() } satisfies Handed),
    listen(opener, onAgain) {
      open = opener;
      for (const asked of early.splice(0)) opener(asked);
      app.on('second-instance', (_event, argv, cwd, handed) => {
        const again = readHanded(handed) ?? readArguments(takeOwn(argv, !app.isPackaged), cwd);
        onAgain(again);
        for (const asked of again.asked) opener(asked);
      });
    },
  };
}

/** Only an installed app: a checkout would leave the system with a program that moves. */
export function claimLinks(app: App): void {
  if (app.isPackaged) app.setAsDefaultProtocolClient(linkScheme);
}
