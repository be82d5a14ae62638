import type { Workspace } from '../../shared/model/workspace.ts';
import type { AgentRegistry, Tools, Vault } from '../agents/types.ts';
import type { Images } from '../engine/images.ts';
import type { Engine } from '../engine/types.ts';
import type { DataFolder } from '../lib/data-folder.ts';
import type { Wall } from '../network/types.ts';
import type { SettingsStore } from '../settings/settings.ts';
import { listComputerProbes } from './computer-probes.ts';
import { listConfinementProbes } from './confinement-probes.ts';
import { createDisk, type Disk, type DiskHouse } from './disk.ts';
import { createDoctor, type Doctor } from './doctor.ts';
import type { Keeper } from './engine-candidates.ts';
import { listEngineProbes, otherEngineProbe } from './engine-probes.ts';
import { keychainProbe } from './keychain-probe.ts';
import { listOwnProbes } from './own-probes.ts';
import type { DoctorLog } from './types.ts';
import { listWallProbes, type Ranges } from './wall-probes.ts';

export type CareOptions = {
  readonly engine: Engine;
  readonly images: Images;
  readonly tools: Tools;
  readonly registry: Pick<AgentRegistry, 'list'>;
  readonly settings: SettingsStore;
  readonly vault: Pick<Vault, 'look' | 'unlock'>;
  readonly wall: Wall;
  readonly folder: DataFolder;
  readonly version: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Of all engines. */
  readonly workspaces: () => readonly Workspace[];
  /** Engines in use besides the default one: what is on each. */
  readonly others: () => readonly (Omit<DiskHouse, 'title' | 'currentImages'> & { readonly title: string; readonly images: Images })[];
  /** Of those, the ones of the default engine. */
  readonly ownWorkspaces: () => readonly Workspace[];
  readonly ranges: Ranges;
  /** Throws why the seccomp profile at this path cannot be used. */
  readonly composeSeccomp: (path: string) => unknown;
  readonly removeTree: (path: string) => Promise<void>;
  readonly keepers: readonly Keeper[];
  readonly log: DoctorLog;
};

/** Doctor and disk of one core. */
export function createCare(options: CareOptions): { readonly doctor: Doctor; readonly disk: Disk } {
  const { images, engine, keepers, others, ownWorkspaces, log } = options;
  const houses = (): readonly [DiskHouse, ...DiskHouse[]] => [
    { engine, keepers, title: null, workspaces: ownWorkspaces, currentImages: () => presentImages(images) },
    ...others().map((house) => ({ ...house, currentImages: () => presentImages(house.images) })),
  ];
  const disk = createDisk({ ...options, houses });
  const isUsed = (): boolean => options.workspaces().length > 0;
  const probes = () => [
    ...listEngineProbes({ ...options, isUsed }),
    ...others().map(otherEngineProbe),
    ...listWallProbes(options),
    ...listConfinementProbes(options),
    ...listComputerProbes({ ...options, disk }),
    keychainProbe(options),
    ...listOwnProbes({ ...options, isUsed }),
  ];
  return { disk, doctor: createDoctor({ probes, engineAnswers: () => engine.state().kind === 'connected', log }) };
}

async function presentImages(images: Images): Promise<readonly string[]> {
  return (await Promise.all([images.find('agent'), images.find('gateway')])).filter((tag) => tag !== null);
}
