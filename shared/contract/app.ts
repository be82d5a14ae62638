import { z } from 'zod';
import { diskUseSchema } from '../model/disk.ts';
import { checkSchema } from '../model/doctor.ts';
import { engineStateSchema } from '../model/engine.ts';
import { engineProbeSchema, knownEngineSchema } from '../model/engines.ts';
import { settingsChangeSchema, settingsSchema } from '../model/settings.ts';
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
  'engines.list': call('The engines Forgehold knows of: settings, Docker contexts, `DOCKER_HOST`, known sockets.', nothing, z.array(knownEngineSchema)),
  'engines.probe': call('Tries an address, or the engine of this id, once.', z.object({ engine: z.string().min(1).max(1024) }), engineProbeSchema),
  'disk.use': call('What takes room, for each workspace and in all, and what could go.', nothing, diskUseSchema),
  'disk.reclaim': call(
    'Removes these reclaimable things; answers the bytes that became free.',
    z.object({ ids: z.array(z.string().max(200)).max(1000) }),
    z.object({ freed: z.int() }),
  ),
  'doctor.run': call(
    'Checks all that Forgehold needs, or only the named checks.',
    z.object({ ids: z.array(z.string().max(64)).max(64).optional() }),
    z.array(checkSchema),
  ),
  'doctor.fix': call('Does what the fix of a check promises, and answers the check anew.', z.object({ id: z.string().max(64) }), checkSchema),
  'settings.get': call('The settings of this installation.', nothing, settingsSchema),
  'settings.set': call('Changes the given settings and keeps the rest.', settingsChangeSchema, settingsSchema),
} as const;

export const appEvents = {
  'app.changed': event('One change of the live state; `seq` grows by one each time.', z.object({ seq: z.int(), change: changeSchema })),
  'app.closing': event('The core ends now.', z.object({ reason: z.string() })),
} as const;
