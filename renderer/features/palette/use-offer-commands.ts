import { useEffect, useEffectEvent, useRef } from 'react';
import { type CommandId, commandIds } from '../../../shared/commands.ts';
import { offeredCommand, onOffers } from '../../lib/keys.ts';
import { useShell } from '../../lib/shell.ts';
import { plans } from './plans.ts';
import type { Context } from './types.ts';
import { useContextHere } from './use-context.ts';

/** Pages and their state change in bursts. Milliseconds. */
const pause = 150;

/** Tells the desktop's menus what can be chosen now; in a browser there is nobody to tell. */
export function useOfferCommands(): void {
  const { shell } = useShell();
  const context = useContextHere();
  const sent = useRef('');
  const timer = useRef<number | undefined>(undefined);
  const tell = useEffectEvent(() => {
    timer.current = undefined;
    const commands = availableCommands(context);
    if (!shell || sent.current === commands.join()) return;
    sent.current = commands.join();
    void shell.call('shell.offer', { commands });
  });
  const tellSoon = useEffectEvent(() => void (timer.current ??= window.setTimeout(() => tell(), pause)));
  useEffect(() => {
    if (shell) tellSoon();
  }, [shell, context]);
  useEffect(() => {
    if (!shell) return;
    const stop = onOffers(() => tellSoon());
    return () => {
      clearTimeout(timer.current);
      timer.current = undefined;
      stop();
    };
  }, [shell]);
}

export function availableCommands(context: Context): CommandId[] {
  return commandIds.filter((id) => offeredCommand(id) !== null || !('unavailable' in plans[id](context, id)));
}
