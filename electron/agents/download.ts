import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import type { Progress } from '../lib/shared-work.ts';
import { downloadFailed, openTarball } from './npm-registry.ts';
import type { PinnedPackage } from './pins.ts';
import { saveVerified } from './tarball.ts';

/** A download that gives no byte for so long has hung. */
const stallMs = 60_000;
const attempts = 3;
const firstRetryMs = 2_000;
/** Share of the whole that the download is; unpacking is the rest. */
const downloadShare = 0.9;

export type DownloadOptions = {
  readonly folder: string;
  readonly extraCaBundle: string;
  readonly onProgress: Progress;
  readonly signal: AbortSignal;
};

/** A verified tarball in a new file of `folder`; the caller removes it. Broken connections are tried again; a wrong content is not. */
export async function downloadVerified(pinned: PinnedPackage, options: DownloadOptions): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const file = path.join(options.folder, `${randomBytes(8).toString('hex')}.tgz`);
    try {
      await downloadOnce(pinned, file, options);
      return file;
    } catch (error) {
      await rm(file, { force: true });
      options.signal.throwIfAborted();
      if (error instanceof AppError && error.code === 'tools/integrity') throw error;
      const failure = error instanceof AppError ? error : downloadFailed(pinned.name, pinned.version, error);
      if (attempt === attempts) throw failure;
      options.onProgress(`${failure.message} Trying again…`);
      await sleep(firstRetryMs * attempt, undefined, { signal: options.signal });
    }
  }
}

async function downloadOnce(pinned: PinnedPackage, file: string, { extraCaBundle, onProgress, signal }: DownloadOptions): Promise<void> {
  const stalled = new AbortController();
  const whole = AbortSignal.any([signal, stalled.signal]);
  const watch = setTimeout(() => stalled.abort(new Error(`no data for ${stallMs / 1000} s`)), stallMs);
  try {
    const line = `Downloading ${pinned.name} ${pinned.version}…`;
    onProgress(line, 0);
    const { stream, bytes } = await openTarball(pinned.name, pinned.version, { extraCaBundle, signal: whole });
    let shown = 0;
    function onBytes(total: number): void {
      watch.refresh();
      const progress = bytes === undefined ? undefined : Math.min(1, total / bytes) * downloadShare;
      // A hundred steps are enough for any bar.
      if (progress === undefined || progress - shown < 0.01) return;
      shown = progress;
      onProgress(line, progress);
    }
    await saveVerified(stream, file, pinned, onBytes, whole);
  } catch (error) {
    throw stalled.signal.aborted ? stalled.signal.reason : error;
  } finally {
    clearTimeout(watch);
  }
}
