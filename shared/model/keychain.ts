import { z } from 'zod';

/**
 * Whether API keys outlive Forgehold. `kept`: yes. `looking`: not known yet. `asking`: the keychain shows a dialog of its own and waits for a person.
 * In all other cases keys live in memory, until Forgehold ends: `absent`, there is none; `locked`; `off`, by the user's wish.
 */
export const keychainStateSchema = z.object({
  kind: z.enum(['looking', 'kept', 'asking', 'locked', 'absent', 'off']),
  /** What it is called: "GNOME Keyring". */
  title: z.string(),
  /** For what is not `kept`: what was found, and what to do. */
  why: z.string().optional(),
});
export type KeychainState = z.infer<typeof keychainStateSchema>;

/**
 * Where a key is: in the keychain, in memory until Forgehold ends, or taken from the environment Forgehold was started with.
 * `unread`: in the keychain, which has not given it yet. `unreadable`: what the keychain gives is no key; it stays there until it is replaced.
 */
export const keyKeptSchema = z.enum(['keychain', 'memory', 'environment', 'unread', 'unreadable']);
export type KeyKept = z.infer<typeof keyKeptSchema>;
