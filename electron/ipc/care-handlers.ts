import type { Disk } from '../doctor/disk.ts';
import type { Doctor } from '../doctor/doctor.ts';
import type { Core } from './types.ts';

export type CareServices = { readonly doctor: Doctor; readonly disk: Disk };

/** Doctor and disk. */
export function careCalls({ doctor, disk }: CareServices) {
  return {
    'doctor.run': ({ ids }) => doctor.run(ids),
    'doctor.fix': ({ id }) => doctor.fix(id),
    'disk.use': () => disk.use(),
    'disk.reclaim': async ({ ids }) => ({ freed: await disk.reclaim(ids) }),
  } satisfies Partial<Core['calls']>;
}
