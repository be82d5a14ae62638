import { AppError } from '../../shared/errors.ts';
import type { Connection } from './connection.ts';
import { isAbsent } from './errors.ts';
import { belongingOf, type Jail, notOurs } from './jail.ts';
import type { Engine } from './types.ts';

type Volumes = Pick<Engine, 'ensureVolume' | 'removeVolume' | 'listVolumes'>;

export function createVolumes(connection: Connection, jail: Jail): Volumes {
  return {
    async ensureVolume(name, belonging) {
      const body = { Name: name, Labels: jail.labelsFor(belonging) };
      await connection.request(`create volume ${name}`, (docker, abortSignal) => docker.createVolume({ ...body, abortSignal }));
      // The engine answers with the existing volume when there is one, whoever's it is: so look at what we got.
      if (!jail.isOurs(await jail.volumeLabels(name))) {
        throw new AppError('engine/name-taken', `The engine already has a volume named ${name} that is not Forgehold's. Rename or remove it.`, {
          details: { volume: name },
        });
      }
    },

    async removeVolume(name) {
      const found = await jail.volumeLabels(name);
      if (found === null) return;
      if (!jail.isOurs(found)) throw notOurs('volume', name);
      try {
        await connection.request(`remove volume ${name}`, (docker, abortSignal) => docker.getVolume(name).remove({ abortSignal }));
      } catch (error) {
        if (!isAbsent(error)) throw error;
      }
    },

    async listVolumes(filter) {
      const filters = jail.filter(filter);
      const { Volumes: found } = await connection.request('list volumes', (docker, abortSignal) => docker.listVolumes({ filters, abortSignal }));
      return (found ?? []).map((volume) => ({ ...belongingOf(volume.Labels), name: volume.Name }));
    },
  };
}
