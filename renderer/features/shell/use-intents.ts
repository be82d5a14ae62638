import { useEffect, useEffectEvent } from 'react';
import { type CommandId, commandTitle } from '../../../shared/commands.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Intent } from '../../../shared/model/shell.ts';
import { offeredCommand } from '../../lib/keys.ts';
import { navigate } from '../../lib/route.ts';
import { setSession } from '../../lib/session.ts';
import { useShell } from '../../lib/shell.ts';
import { offerToAdd } from '../create/offer.ts';
import { plans } from '../palette/plans.ts';
import { openPaletteAt, runCommand, tellFailure } from '../palette/store.ts';
import type { Context } from '../palette/types.ts';
import { useContextHere } from '../palette/use-context.ts';
import { leadOf } from './follow.ts';
import { markOutside } from './outside.ts';

/** Goes where a link, a menu, the tray, a notification, another start of the app wants the page to go. */
export function useIntents(): void {
  const { shell } = useShell();
  const context = useContextHere();
  const follow = useEffectEvent((intent: Intent) => {
    const lead = leadOf(intent, context.snapshot);
    switch (lead.kind) {
      case 'tell':
        return tellFailure('', lead.error);
      case 'command':
        return runChosen(lead.id, context);
      case 'add':
        offerToAdd({ text: lead.text, note: 'It was opened from outside this window. Look at where it leads before you add it.' });
        return markOutside();
      case 'go':
        if (lead.projectId !== undefined) setSession('projects:selected', lead.projectId);
        navigate(lead.to);
        return markOutside();
    }
  });
  useEffect(() => {
    if (!shell) return;
    const take = async (): Promise<void> => {
      for (const intent of await shell.call('shell.takeIntents', {})) follow(intent);
    };
    const stop = shell.on('shell.intent', () => void take());
    void take();
    return stop;
  }, [shell]);
}

/** As if it had been picked in the palette. */
function runChosen(id: CommandId, context: Context): void {
  const offered = offeredCommand(id);
  if (offered) return offered();
  const plan = plans[id](context, id);
  if ('step' in plan) openPaletteAt(plan.step);
  else if ('run' in plan) void runCommand(commandTitle(id), plan.run);
  else tellFailure(commandTitle(id), new AppError('command/unavailable', `${plan.unavailable}.`));
}
