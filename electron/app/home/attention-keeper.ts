import { Notification, app } from 'electron';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Intents } from '../intents.ts';
import type { Live } from '../live.ts';
import type { ShellStateStore } from '../shell-state.ts';
import type { WindowKeeper } from '../window.ts';
import { attentionOf, countOf, endedBetween, progressOf } from './attention.ts';
import { type Shown, createNotifier } from './notifier.ts';

export type AttentionKeeperOptions = {
  readonly live: Live;
  readonly state: ShellStateStore;
  readonly window: WindowKeeper;
  readonly intents: Intents;
  readonly log: Logger;
};

/** Electron's value for no bar at all. */
const noProgress = -1;
/** So long a matter has to last before it is told: names are blocked in bursts, and some are answered by a rule that is just being made. Milliseconds. */
const settling = 700;

/** Tells what waits for the user while the window is not in front: a number at the app's icon, a bar of progress, notifications. */
export function keepAttention({ live, state, window, intents, log }: AttentionKeeperOptions): void {
  const seen = (): boolean => window.current()?.isFocused() ?? false;
  const notifier = createNotifier({
    mayShow: () => state.get().settings.notifications === 'attention' && Notification.isSupported() && !seen(),
    show: ({ title, body, intent }) => notify({ title, body, log, onClick: () => intents.push(intent) }),
  });
  let before: Snapshot | null = null;
  let badge = 0;
  let telling: NodeJS.Timeout | undefined;
  function tell(): void {
    clearTimeout(telling);
    telling = undefined;
    const now = live.get();
    // What is not known now is neither answered nor new.
    if (!now) return;
    notifier.update(attentionOf(now), before ? endedBetween(before, now) : []);
    before = now;
  }
  function look(snapshot: Snapshot | null): void {
    window.current()?.setProgressBar((snapshot && progressOf(snapshot)) ?? noProgress);
    if (!snapshot) return;
    const count = countOf(attentionOf(snapshot));
    if (badge !== count) app.setBadgeCount((badge = count));
    // What comes while the user looks is seen.
    if (before && !seen()) telling ??= setTimeout(tell, settling);
    else tell();
  }
  live.onChange(look);
  look(live.get());
  app.on('browser-window-focus', () => notifier.clear());
  state.onChange(({ settings }) => settings.notifications === 'none' && notifier.clear());
}

type Note = { readonly title: string; readonly body: string; readonly log: Logger; readonly onClick: () => void };

/** A click leads to the place; nothing is answered from here, since what asks may have changed by then. */
function notify({ title, body, log, onClick }: Note): Shown {
  const notification = new Notification({ title, body });
  notification.on('click', onClick);
  notification.on('failed', (_event, error) => log.warn({ error }, 'The desktop did not show a notification'));
  notification.show();
  return { close: () => notification.close() };
}
