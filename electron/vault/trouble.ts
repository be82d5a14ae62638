/**
 * Why the keychain did not do what it was asked. `absent`: nobody answers. `locked`: its owner is needed, or has just declined.
 * `unreadable`: this one item is not what it should be.
 */
export type Trouble = { readonly kind: 'absent' | 'locked' | 'unreadable'; readonly why: string };

const remedy = 'Start or set up one (GNOME Keyring, KWallet, KeePassXC): Forgehold uses it from then on.';

export const noBus: Trouble = { kind: 'absent', why: `No keychain can be reached from here: there is no desktop session (no session bus). ${remedy}` };
export const silent: Trouble = { kind: 'absent', why: 'The keychain does not answer. Forgehold asks it again from time to time.' };
const noProvider: Trouble = { kind: 'absent', why: `No keychain answers in this session. ${remedy}` };
const noCollection: Trouble = { kind: 'absent', why: 'The keychain has no default keyring to put keys into. Make one in its own program, with a password.' };
const locked: Trouble = { kind: 'locked', why: 'The keychain is locked.' };
const odd: Trouble = { kind: 'unreadable', why: 'What the keychain has is no key.' };

/**
 * By the words of the library, which has no codes. The words of `keyring-core` and its stores 1.x:
 * https://docs.rs/keyring-core/latest/keyring_core/enum.Error.html, the service's own behind them; macOS: `SecCopyErrorMessageString`.
 */
export function explainTrouble(said: string): Trouble {
  if (/\blocked|IsLocked|dismissed|cancell?ed|interaction is not allowed|denied|passphrase/i.test(said)) return locked;
  if (/no result found/i.test(said)) return noCollection;
  if (/did not receive a reply|timed? ?out/i.test(said)) return silent;
  if (/platform failure|platform storage|d-?bus|zbus|no default store|secret service|cannot find (native )?(module|package|binding)/i.test(said))
    return noProvider;
  return odd;
}
