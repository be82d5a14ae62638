import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';

/** Docker 20.10: the oldest whose networks and mounts Forgehold's wall was tried on. */
export const oldestApi = '1.41';
/** Docker 29. A newer engine is spoken to in this version, which it still understands. */
export const newestApi = '1.52';

const answerSchema = z.object({ Version: z.string(), ApiVersion: z.string(), MinAPIVersion: z.string().optional(), Os: z.string().default('linux') });

export type EngineVersion = { readonly version: string; readonly apiVersion: string; readonly os: string };

/** Reads the answer of `GET /version` and chooses the API version both sides know. */
export function negotiateVersion(answer: unknown): EngineVersion {
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success)
    throw new AppError('engine/not-docker', 'What answers there is no Docker engine. Check the address in the settings.', { cause: parsed.error });
  const { Version: version, ApiVersion: theirs, MinAPIVersion: least, Os: os } = parsed.data;
  if (compareVersions(theirs, oldestApi) < 0) {
    throw new AppError('engine/too-old', `This engine (Docker ${version}) is too old. Forgehold needs Docker 20.10 or newer.`, {
      details: { version, apiVersion: theirs },
    });
  }
  if (least !== undefined && compareVersions(least, newestApi) > 0) {
    throw new AppError('engine/too-new', `This engine (Docker ${version}) no longer understands this version of Forgehold. Update Forgehold.`, {
      details: { version, least },
    });
  }
  return { version, os, apiVersion: compareVersions(theirs, newestApi) > 0 ? newestApi : theirs };
}

/** Negative when `a` is older. `1.9` is older than `1.41`. */
function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}
