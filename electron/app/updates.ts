import { createPublicKey, verify } from 'node:crypto';
import type { AppUpdater } from 'electron-updater';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { ShellSettings, UpdateState } from '../../shared/model/shell.ts';
import { toReleaseText } from '../../shared/release-text.ts';

export type Updates = {
  readonly state: () => UpdateState;
  /** `off` looks no more; what was fetched already is still installed at the end. */
  readonly setChannel: (channel: ShellSettings['updates']) => void;
  /** Looks for a newer version; answers at once with what is known while one is fetched or ready. */
  readonly check: () => Promise<UpdateState>;
  /** @throws AppError `update/none` unless one was found */
  readonly download: () => Promise<UpdateState>;
  /** Ends the app. @throws AppError `update/none` unless one is ready */
  readonly install: () => void;
};

export type UpdatesOptions = {
  /** Null where this build looks for none: a run from a checkout, a package that was not released. */
  readonly updater: Pick<
    AppUpdater,
    'checkForUpdates' | 'downloadUpdate' | 'quitAndInstall' | 'on' | 'autoDownload' | 'autoInstallOnAppQuit' | 'allowDowngrade' | 'channel'
  > | null;
  /** The public key of releases: base64 of its DER (SPKI, Ed25519). */
  readonly key: string | undefined;
  readonly channel: ShellSettings['updates'];
  /** After the channel's name, where two builds of a platform would share a list: `-x64` on an Intel Mac. */
  readonly variant?: string;
  readonly onState: (state: UpdateState) => void;
};

/** `latest-linux.yml` and its kin, with our signature in it. electron-updater checks each file against its `sha512`. */
const releaseSchema = z.object({ version: z.string(), files: z.array(z.object({ url: z.string(), sha512: z.string() })).min(1), signature: z.string() });
/** Names of electron-builder's channels: `latest.yml`, `beta.yml`. */
const channels = { stable: 'latest', preview: 'beta' } as const;

/** Looks for newer versions and fetches them, never by itself. Only a release that our key signed is fetched. */
export function createUpdates(options: UpdatesOptions): Updates {
  return new ReleaseUpdates(options);
}

class ReleaseUpdates implements Updates {
  readonly #options: UpdatesOptions;
  #state: UpdateState = { kind: 'current' };
  #checking: Promise<UpdateState> | null = null;

  constructor(options: UpdatesOptions) {
    this.#options = options;
    const { updater } = options;
    if (updater) {
      updater.autoDownload = false;
      updater.autoInstallOnAppQuit = true;
      updater.on('download-progress', ({ percent }) => {
        if (this.#state.kind === 'downloading') this.#enter({ ...this.#state, percent: Math.min(100, Math.max(0, percent)) });
      });
    }
    this.setChannel(options.channel);
  }

  state(): UpdateState {
    return this.#state;
  }

  setChannel(channel: ShellSettings['updates']): void {
    const { updater, key } = this.#options;
    if (this.#state.kind === 'downloading' || this.#state.kind === 'ready') return;
    if (!updater || key === undefined) return void this.#enter({ kind: 'off', reason: 'This build looks for no newer version.' });
    if (channel === 'off') return void this.#enter({ kind: 'off', reason: 'Looking for newer versions is switched off.' });
    updater.channel = `${channels[channel]}${this.#options.variant ?? ''}`;
    // Set by the line above: nobody is to be given an older version.
    updater.allowDowngrade = false;
    this.#enter({ kind: 'current' });
  }

  async check(): Promise<UpdateState> {
    if (['off', 'downloading', 'ready'].includes(this.#state.kind)) return this.#state;
    this.#checking ??= this.#look().finally(() => (this.#checking = null));
    return this.#checking;
  }

  async download(): Promise<UpdateState> {
    if (this.#state.kind !== 'available') throw new AppError('update/none', 'There is no newer version to fetch. Look for one first.');
    const { version } = this.#state;
    this.#enter({ kind: 'downloading', version, percent: 0 });
    try {
      await this.#options.updater!.downloadUpdate();
      return this.#enter({ kind: 'ready', version });
    } catch (error) {
      return this.#enter({ kind: 'failed', message: `Version ${version} could not be fetched: ${(error as Error).message}` });
    }
  }

  install(): void {
    if (this.#state.kind !== 'ready') throw new AppError('update/none', 'There is no newer version to install. Fetch one first.');
    this.#options.updater!.quitAndInstall();
  }

  async #look(): Promise<UpdateState> {
    this.#enter({ kind: 'checking' });
    try {
      const found = await this.#options.updater!.checkForUpdates();
      // Switched off meanwhile.
      if (this.#state.kind === 'off') return this.#state;
      if (!found?.isUpdateAvailable) return this.#enter({ kind: 'current', checkedAt: new Date().toISOString() });
      if (!isSigned(found.updateInfo, this.#options.key!))
        return this.#enter({ kind: 'failed', message: `Version ${found.updateInfo.version} is not signed by the key of this app, so it is not fetched.` });
      return this.#enter({ kind: 'available', version: found.updateInfo.version });
    } catch (error) {
      return this.#enter({ kind: 'failed', message: `Newer versions could not be looked for: ${(error as Error).message.split('\n', 1)[0]}` });
    }
  }

  #enter(state: UpdateState): UpdateState {
    this.#state = state;
    this.#options.onState(state);
    return state;
  }
}

function isSigned(info: unknown, key: string): boolean {
  const release = releaseSchema.safeParse(info);
  if (!release.success) return false;
  const publicKey = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' });
  return verify(null, Buffer.from(toReleaseText(release.data)), publicKey, Buffer.from(release.data.signature, 'base64'));
}
