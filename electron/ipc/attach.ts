import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from '../../shared/contract/client.ts';
import { contractVersion } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import { type CoreLock, takeCoreLock, waitForCoreLock } from '../lib/core-lock.ts';
import { findSocketAddress } from './socket-address.ts';
import { connectSocket } from './socket-transport.ts';

/** In milliseconds: for a core that starts or ends just now, for one answer of it, and for one that was asked to hand over. */
const patience = { core: 30_000, answer: 10_000, handOver: 30_000 };

export type Place = { readonly kind: 'ours'; readonly lock: CoreLock } | { readonly kind: 'taken'; readonly client: Client; readonly pid: number };

/** @throws AppError `core/not-running` */
export async function attachToCore(dataFolder: string): Promise<Client> {
  return createClient(await connectSocket(findSocketAddress(dataFolder)));
}

/**
 * One core per data folder: takes its place when it is free. When a core of this version runs, answers a client of it;
 * one of another version is asked to hand over.
 *
 * @throws AppError `core/stuck` when whoever holds the lock neither answers nor ends
 */
export async function takePlace(folder: { readonly root: string; readonly lock: string }, version: string): Promise<Place> {
  const end = performance.now() + patience.core;
  for (;;) {
    const lock = takeCoreLock(folder.lock);
    if (lock) return { kind: 'ours', lock };
    const place = await askRunning(folder, version);
    if (place) return place;
    if (performance.now() > end) throw stuck(folder.root);
    await sleep(200);
  }
}

/** Null when nobody answers: a core that starts or ends right now. */
async function askRunning(folder: { readonly root: string; readonly lock: string }, version: string): Promise<Place | null> {
  const client = await attachToCore(folder.root).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'core/not-running') return null;
    throw error;
  });
  if (!client) return null;
  const info = await client.call('app.info', {}, { signal: AbortSignal.timeout(patience.answer) }).catch((error: unknown) => {
    // An answer that this contract cannot read is that of another one.
    if (error instanceof AppError && error.code === 'connection/malformed') return null;
    if (error instanceof AppError && error.code === 'connection/lost') return 'gone' as const;
    throw error;
  });
  if (info === 'gone') return null;
  if (info && info.version === version && info.contract === contractVersion) return { kind: 'taken', client, pid: info.pid };
  await client.call('app.quit', {}).catch(() => {
    // It may end before it answers; whether it did is seen by the lock.
  });
  client.close();
  const lock = await waitForCoreLock(folder.lock, patience.handOver);
  if (!lock) throw stuck(folder.root);
  return { kind: 'ours', lock };
}

function stuck(root: string): AppError {
  return new AppError('core/stuck', `Another Forgehold process holds the data folder ${root} and does not answer. End that process, then try again.`, {
    details: { dataFolder: root },
  });
}
