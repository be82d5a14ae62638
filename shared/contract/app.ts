import { z } from 'zod';
import { engineStateSchema } from '../model/engine.ts';
import { settingsSchema } from '../model/settings.ts';
import { changeSchema, snapshotSchema } from '../model/snapshot.ts';
import { call, event } from './define.ts';

const nothing = z.object({});

export const appCalls = {
  'app.info': call(
    'Version, installation id, process id and engine of the running core.',
    nothing,
    z.object({
      version: z.string(),
      /** Number of the contract; a client of another one does not attach. */
      contract: z.int(),
      /** Random, 12 hex digits, made once per data folder; the label that fences this installation's Docker objects. */
      installation: z.string(),
      pid: z.int(),
      dataFolder: z.string(),
      engine: engineStateSchema,
    }),
  ),
  'app.quit': call('Ends the core. Agents and their terminals go on in their containers.', nothing, nothing),
  'app.url': call(
    "A fresh address of the interface for a browser on this machine. It holds for one use and for twelve hours; then the browser's cookie does.",
    nothing,
    z.object({ url: z.url() }),
  ),
  'app.snapshot': call('All live state, with the sequence number that the next change follows.', nothing, snapshotSchema),
  'settings.get': call('The settings of this installation.', nothing, settingsSchema),
  'settings.set': call('Changes the given settings and keeps the rest.', settingsSchema.partial(), settingsSchema),
} as const;

export const appEvents = {
  'app.changed': event('One change of the live state; `seq` grows by one each time.', z.object({ seq: z.int(), change: changeSchema })),
  'app.closing': event('The core ends now.', z.object({ reason: z.string() })),
} as const;
