import { nativeTheme } from 'electron';
import type { ShellStateStore } from '../shell-state.ts';
import { type WindowKeeper, backgroundColour } from '../window.ts';

/** The user's theme, for dialogs, menus and the page's own media queries, before there is a window and after each change. */
export function keepTheme(state: ShellStateStore, window: WindowKeeper): void {
  const follow = (): void => void (nativeTheme.themeSource = state.get().settings.theme);
  follow();
  state.onChange(follow);
  // What shows while the window grows faster than the page paints.
  nativeTheme.on('updated', () => window.current()?.setBackgroundColor(backgroundColour()));
}
