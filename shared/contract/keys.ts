import { z } from 'zod';
import { keychainStateSchema } from '../model/keychain.ts';
import { call } from './define.ts';

const nothing = z.object({});

export const keyCalls = {
  'keys.keychain': call('Where API keys are kept, and whether that works. Opens no dialog.', nothing, keychainStateSchema),
  'keys.unlock': call(
    'Asks the keychain again: a locked one shows its own dialog. Answers at once when it does; the live state tells the end.',
    nothing,
    keychainStateSchema,
  ),
  'keys.forgetAll': call('Forgets every API key of this installation, in memory and in the keychain.', nothing, keychainStateSchema),
} as const;
