import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import type { Connection } from './connection.ts';
import { isAbsent } from './errors.ts';
import type { Client } from './handshake.ts';
import { ownTag, removeUnused } from './image-store.ts';
import { belongingOf, type Jail } from './jail.ts';
import type { Belonging } from './objects.ts';
import type { Engine } from './types.ts';

/** The engine walks its volumes for the answer: minutes on a slow disk with many small files. */
const walkTimeoutMs = 180_000;
/** More untagged images than this are not looked into: each costs a request. */
const leftoversTried = 200;
/** What only a build of ours runs: `resources/images`. */
const ownStep = /\/opt\/forgehold\/tools|forge-gateway forge-apply/;

/** What the engine keeps, in bytes, as far as it is ours. */
export type EngineDiskUse = {
  /** `bytes`: the writable layer. */
  readonly containers: readonly (Belonging & { readonly id: string; readonly name: string; readonly status: string; readonly bytes: number })[];
  /** `used`: a container, running or not, has it mounted. */
  readonly volumes: readonly (Belonging & { readonly name: string; readonly bytes: number; readonly used: boolean })[];
  /** Images that Forgehold builds, whoever's installation asked for them. `own`: bytes that no other image shares. */
  readonly images: readonly { readonly tag: string; readonly id: string; readonly bytes: number; readonly own: number; readonly used: boolean }[];
};

type Answer = {
  readonly Images: readonly {
    readonly Id: string;
    readonly RepoTags: readonly string[] | null;
    readonly Size: number;
    readonly SharedSize: number;
    readonly Containers: number;
  }[];
  readonly Containers: readonly {
    readonly Id: string;
    readonly Names: readonly string[];
    readonly SizeRw?: number;
    readonly State: string;
    readonly Labels: Readonly<Record<string, string>> | null;
  }[];
  readonly Volumes: readonly {
    readonly Name: string;
    readonly Labels: Readonly<Record<string, string>> | null;
    readonly UsageData?: { readonly Size: number; readonly RefCount: number };
  }[];
};

export function createDiskUse(connection: Connection, jail: Jail): Pick<Engine, 'diskUse' | 'removeImage' | 'buildLeftovers' | 'removeBuildLeftover'> {
  async function isLeftover(id: string): Promise<boolean> {
    const history = await connection.request(
      'look at an untagged image',
      (docker) => docker.getImage(id).history() as Promise<readonly { readonly Tags: readonly string[] | null; readonly CreatedBy: string }[]>,
    );
    const tagged = history.findIndex(({ Tags }) => (Tags ?? []).length > 0);
    // Above the first image with a name: what is below may well be ours, and the user's own build stands on it.
    return history.slice(0, tagged === -1 ? undefined : tagged).some(({ CreatedBy }) => ownStep.test(CreatedBy));
  }
  async function listLeftovers(olderThanMs: number): Promise<readonly { id: string; bytes: number }[]> {
    const filters = JSON.stringify({ dangling: ['true'] });
    const found = await connection.request('list untagged images', (docker, abortSignal) => docker.listImages({ filters, abortSignal } as object));
    const own: { id: string; bytes: number }[] = [];
    const before = Date.now() / 1000 - olderThanMs / 1000;
    for (const { Id, Size } of found.filter(({ Created }) => Created <= before).slice(0, leftoversTried))
      if (await isLeftover(Id).catch(absentAsFalse)) own.push({ id: Id, bytes: Size });
    return own;
  }
  return {
    diskUse: async () => toUse(await askPatiently(connection), jail),
    async removeImage(tag) {
      if (!ownTag.test(tag)) throw new AppError('engine/foreign-image', `${tag} is no image that Forgehold builds. It stays.`);
      return removeUnused(connection, tag);
    },
    buildLeftovers: listLeftovers,
    async removeBuildLeftover(id) {
      // Asked again: an id that a caller brings proves nothing.
      if (!(await listLeftovers(0)).some((one) => one.id === id)) return false;
      return removeUnused(connection, id);
    },
  };
}

/** Engines answer one such question at a time and refuse a second with 409. */
async function askPatiently(connection: Connection): Promise<Answer> {
  for (let tries = 0; ; tries += 1) {
    try {
      return (await connection.request('ask what takes room', (docker, abortSignal) => askUse(docker, abortSignal), { timeoutMs: walkTimeoutMs })) as Answer;
    } catch (error) {
      const isBusy = error instanceof AppError && /disk usage operation is already running/.test(String(error.details['said']));
      if (!isBusy || tries >= 60) throw error;
      await sleep(1000);
    }
  }
}

/** dockerode takes the signal, which its types lack here. */
function askUse(docker: Client, abortSignal: AbortSignal): Promise<unknown> {
  const asked: { readonly df: (options: object) => Promise<unknown> } = docker;
  return asked.df({ abortSignal });
}

function toUse({ Images, Containers, Volumes }: Answer, jail: Jail): EngineDiskUse {
  return {
    containers: (Containers ?? [])
      .filter(({ Labels }) => jail.isOurs(Labels))
      .map(({ Id, Names, SizeRw, State, Labels }) => ({
        ...belongingOf(Labels),
        ...{ id: Id, name: (Names[0] ?? Id).replace(/^\//, ''), status: State, bytes: SizeRw ?? 0 },
      })),
    volumes: (Volumes ?? [])
      .filter(({ Labels }) => jail.isOurs(Labels))
      .map(({ Name, Labels, UsageData }) => ({
        ...belongingOf(Labels),
        name: Name,
        bytes: Math.max(0, UsageData?.Size ?? 0),
        used: (UsageData?.RefCount ?? 1) !== 0,
      })),
    images: (Images ?? []).flatMap(({ Id, RepoTags, Size, SharedSize, Containers: used }) =>
      (RepoTags ?? [])
        .filter((tag) => ownTag.test(tag) || tag.startsWith('forgehold/base:'))
        .map((tag) => ({ tag, id: Id, bytes: Size, own: Math.max(0, Size - Math.max(0, SharedSize)), used: used > 0 })),
    ),
  };
}

function absentAsFalse(error: unknown): false {
  if (isAbsent(error) || (error instanceof AppError && error.code === 'engine/no-image')) return false;
  throw error;
}
