import { expect, it } from 'vitest';
import { explainTrouble } from './trouble.ts';

it.each([
  ["Couldn't access platform storage: Secret Service: unlock prompt was dismissed", 'locked'],
  ['zbus error: org.freedesktop.Secret.Error.IsLocked: Cannot get secret of a locked object', 'locked'],
  ['Platform failure: User interaction is not allowed.', 'locked'],
  ['Platform failure: DBus error: Failed to connect to socket /run/user/1000/bus: No such file or directory', 'absent'],
  ['Platform failure: DBus error: Using X11 for dbus-daemon autolaunch was disabled at compile time, set your DBUS_SESSION_BUS_ADDRESS instead', 'absent'],
  // Its words end with "the message bus security policy blocked the reply": no lock.
  [
    'Platform failure: DBus error: Did not receive a reply. Possible causes include: the remote application did not send a reply, the message bus security policy blocked the reply, the reply timeout expired, or the network connection was broken.',
    'absent',
  ],
  ["Couldn't access platform storage: Secret Service: no result found", 'absent'],
  ['Password data is not valid UTF-8', 'unreadable'],
  ['Entry is matched by 2 credentials: []', 'unreadable'],
])('takes "%s" for %s', (said, kind) => {
  expect(explainTrouble(said).kind).toBe(kind);
});

it('tells a keychain without a keyring from none, and one that hangs from both', () => {
  expect(explainTrouble("Couldn't access platform storage: Secret Service: no result found").why).toContain('default keyring');
  expect(explainTrouble('Platform failure: DBus error: Did not receive a reply.').why).toContain('does not answer');
});
