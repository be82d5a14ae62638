import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import type { Connection } from './connection.ts';
import type { Jail } from './jail.ts';
import type { Engine } from './types.ts';

/**
 * On a busy machine runc gives up before the kernel has stopped all tasks of a container ("unable to freeze": version 1 of control
 * groups, 1,000 looks at most), and lets it run on. The next try mostly finds fewer to stop. Milliseconds between tries.
 * https://github.com/opencontainers/runc/blob/v1.1.5/libcontainer/cgroups/fs/freezer.go
 */
const retryAfterMs = [50, 200, 500, 1_000, 2_000];

/** Containers whose processes stand still. */
export function createFreezer(connection: Connection, jail: Jail): Pick<Engine, 'pauseContainer' | 'unpauseContainer'> {
  async function pauseOnce(own: string): Promise<void> {
    await connection.request(`pause container ${own}`, (docker, abortSignal) => docker.getContainer(own).pause({ abortSignal }));
  }
  return {
    async pauseContainer(id) {
      const own = await jail.requireContainer(id);
      for (const pause of retryAfterMs) {
        try {
          return await pauseOnce(own);
        } catch (error) {
          if (!couldNotFreeze(error)) throw error;
          await wait(pause);
        }
      }
      await pauseOnce(own);
    },

    async unpauseContainer(id) {
      const own = await jail.requireContainer(id);
      await connection.request(`unpause container ${id}`, (docker, abortSignal) => docker.getContainer(own).unpause({ abortSignal }));
    },
  };
}

function couldNotFreeze(error: unknown): boolean {
  return error instanceof AppError && error.code === 'engine/not-frozen';
}
