import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { AppError, fromWireError, wireErrorSchema } from '../../shared/errors.ts';
import { getWorld } from './world.ts';

const readySchema = z.union([z.object({ url: z.string(), pid: z.int() }), z.object({ error: wireErrorSchema })]);

/**
 * Starts a core in the background when none runs for this data folder; it stays when this command ends.
 * @throws what the core's start throws
 */
export async function ensureCore(dataFolder: string, note: (line: string) => void): Promise<void> {
  if (await isRunning(dataFolder)) return;
  note('Starting Forgehold in the background ("forgehold quit" ends it, "forgehold url" shows it in a browser)…');
  const [program, ...argv] = getWorld().server;
  const child = spawn(program, [...argv, '--json', '--data', dataFolder], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = readySchema.parse(JSON.parse(line));
    if ('error' in ready) throw fromWireError(ready.error);
    child.stdout.destroy();
    child.unref();
    return;
  }
  throw new AppError('core/start-failed', `Forgehold did not start. "forgehold serve --data ${dataFolder}" shows why.`);
}

async function isRunning(dataFolder: string): Promise<boolean> {
  try {
    (await getWorld().attach(dataFolder)).close();
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'core/not-running') return false;
    throw error;
  }
}
