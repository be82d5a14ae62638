import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createEmitter, type Dispose, type Listener } from '../../shared/disposable.ts';
import { AppError } from '../../shared/errors.ts';
import { containerPaths, toolsVolumeName } from '../engine/names.ts';
import type { Mount } from '../engine/objects.ts';
import type { Engine } from '../engine/types.ts';
import { type Progress, SharedWork } from '../lib/shared-work.ts';
import { type Catalogue, fixedCatalogue, unsupported } from './catalogue.ts';
import { downloadVerified } from './download.ts';
import { type Installed, Installer } from './installer.ts';
import { type PinnedTool, pins, platformOf } from './pins.ts';
import { repack } from './tarball.ts';
import type { Tool, ToolContent, Tools } from './types.ts';

export type ToolsOptions = {
  readonly engine: Engine;
  /** Reference of an image with a POSIX shell and GNU coreutils, present afterwards: the agent image. */
  readonly image: (onProgress: (line: string) => void, signal?: AbortSignal) => Promise<string>;
  /** The setting of that name, read at each use: a PEM file on the host, or ''. */
  readonly extraCaBundle: () => string;
  /** A folder of this core's own for downloads under way; emptied at start. */
  readonly downloadFolder: string;
  /** Which packages its tools are made of; absent: those of this release. */
  readonly catalogue?: Catalogue;
};

/** What lies under `<tool>/<version>/<platform>` of the tools volume, and how it comes there. */
class ToolsVolume implements Tools {
  readonly #options: ToolsOptions;
  readonly #catalogue: Catalogue;
  readonly #volume: string;
  readonly #work = new SharedWork<void>();
  readonly #changes = createEmitter<void>();
  #platform: string | undefined;
  /** Null: not known. Forgotten when the volume is destroyed. */
  #found: Installed | null = null;
  #emptied: Promise<void> | null = null;

  constructor(options: ToolsOptions) {
    this.#options = options;
    this.#catalogue = options.catalogue ?? fixedCatalogue(pins);
    this.#volume = toolsVolumeName(options.engine.installation);
    options.engine.onEvent((event) => {
      if (event.type !== 'volume' || event.name !== this.#volume || event.action !== 'destroy') return;
      this.#learn(new Map());
    });
  }

  async refresh(signal?: AbortSignal): Promise<void> {
    await this.#work.run(
      'refresh',
      (_, all) => this.#look(all),
      () => undefined,
      signal,
    );
  }

  async ensure(tool: Tool, onProgress: Progress, signal?: AbortSignal, version = ''): Promise<void> {
    if (!this.#has(tool)) return;
    if (this.#found === null || !(await this.#volumeExists())) await this.refresh(signal);
    if (this.installed(tool, version)) return;
    await this.#work.run(`${tool} ${version}`, (progress, all) => this.#install(tool, version, progress, all), onProgress, signal);
  }

  installed(tool: Tool, version = ''): boolean {
    if (!this.#has(tool)) return true;
    const pinned = this.#catalogue.find(tool, version, this.#platform);
    const content = pinned?.packages[this.#platform ?? ''];
    return pinned !== undefined && content !== undefined && this.#found?.get(this.#folder(tool, pinned)) === content.integrity;
  }

  version(tool: Tool): string | undefined {
    return this.#catalogue.find(tool, '', undefined)?.version;
  }

  path(tool: Tool, version = ''): string {
    const pinned = this.#catalogue.find(tool, version, this.#knownPlatform());
    if (pinned !== undefined) return `${containerPaths.tools}/${this.#folder(tool, pinned)}`;
    throw new AppError('tools/unknown', `${tool} ${version} is not in the tools volume. Stop the workspace and start it, so that it is fetched.`, {
      details: { tool, version },
    });
  }

  mount(): Mount {
    return { kind: 'volume', source: this.#volume, target: containerPaths.tools, readOnly: true };
  }

  async contents(signal?: AbortSignal): Promise<readonly ToolContent[]> {
    if (!(await this.#volumeExists())) return [];
    const sizes = await this.#withInstaller(signal, (installer) => installer.sizes());
    const usual = new Set(Object.entries(this.#catalogue.defaults()).map(([tool, pinned]) => `${tool}/${pinned.folder ?? pinned.version}`));
    return sizes.map(({ folder, bytes }) => {
      const [tool = '', version = '', platform = ''] = folder.split('/');
      return { folder, tool, version, bytes, usual: platform === this.#platform && usual.has(`${tool}/${version}`) };
    });
  }

  async prune(folders: readonly string[], signal?: AbortSignal): Promise<void> {
    if (folders.length === 0 || !(await this.#volumeExists())) return;
    const left = await this.#withInstaller(signal, async (installer) => {
      await installer.remove(folders);
      return installer.list();
    });
    this.#learn(left);
  }

  onChange(listener: Listener<void>): Dispose {
    return this.#changes.on(listener);
  }

  async #withInstaller<T>(signal: AbortSignal | undefined, work: (installer: Installer) => Promise<T>): Promise<T> {
    const { engine, image } = this.#options;
    return Installer.use(engine, await image(() => undefined, signal), signal, work);
  }

  /** `shell`, and agents that lie in the image, need nothing. */
  #has(tool: Tool): boolean {
    return this.#catalogue.find(tool, '', undefined) !== undefined;
  }

  #knownPlatform(): string {
    if (this.#platform !== undefined) return this.#platform;
    throw new AppError('tools/platform-unknown', 'The engine has not been asked for its platform yet. Wait until it is reached.');
  }

  #folder(tool: Tool, { version, folder }: PinnedTool): string {
    return `${tool}/${folder ?? version}/${this.#knownPlatform()}`;
  }

  async #volumeExists(): Promise<boolean> {
    return (await this.#options.engine.listVolumes()).some((volume) => volume.name === this.#volume);
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { engine } = this.#options;
    const { architecture } = await engine.info();
    const platform = platformOf(architecture);
    if (platform === undefined) {
      throw new AppError('tools/platform-unsupported', `The engine's architecture, ${architecture}, has no agent CLIs. Use an engine on x86-64 or ARM64.`);
    }
    this.#platform = platform;
    await Installer.sweep(engine);
    if (!(await this.#volumeExists())) return this.#learn(new Map());
    this.#learn(await this.#withInstaller(signal, (installer) => installer.list()));
  }

  async #install(tool: Tool, version: string, onProgress: Progress, signal: AbortSignal): Promise<void> {
    const platform = this.#knownPlatform();
    const tooling = this.#catalogue.find(tool, version, platform) ?? (await this.#catalogue.resolve(tool, version, platform, signal));
    const pinned = tooling.packages[platform];
    if (pinned === undefined) throw unsupported(tool, tooling.version, platform);
    const folder = this.#folder(tool, tooling);
    // Another agent type may have asked the registry for what lies here already.
    if (this.#found?.get(folder) === pinned.integrity) return;
    await this.#emptyDownloads();
    const reference = await this.#options.image((line) => onProgress(line), signal);
    const { downloadFolder, extraCaBundle, engine } = this.#options;
    const file = await downloadVerified(pinned, { folder: downloadFolder, extraCaBundle: extraCaBundle(), onProgress, signal });
    try {
      onProgress(`Unpacking ${pinned.name} ${pinned.version}…`);
      const found = await Installer.use(engine, reference, signal, async (installer) => {
        await installer.install(folder, repack(file, pinned, tooling.executable), pinned.integrity);
        return installer.list();
      });
      this.#learn(found);
      onProgress(`${pinned.name} ${pinned.version} is ready.`, 1);
    } finally {
      await rm(file, { force: true });
    }
  }

  /** Once per core: downloads that a core before this one did not finish. */
  #emptyDownloads(): Promise<void> {
    const folder = path.resolve(this.#options.downloadFolder);
    this.#emptied ??= rm(folder, { recursive: true, force: true }).then(async () => void (await mkdir(folder, { recursive: true, mode: 0o700 })));
    return this.#emptied;
  }

  #learn(found: Installed): void {
    this.#found = found;
    this.#changes.emit();
  }
}

export function createTools(options: ToolsOptions): Tools {
  return new ToolsVolume(options);
}
