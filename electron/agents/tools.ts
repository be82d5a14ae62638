import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createEmitter, type Dispose, type Listener } from '../../shared/disposable.ts';
import { AppError } from '../../shared/errors.ts';
import type { AgentType } from '../../shared/model/agent.ts';
import { containerPaths, toolsVolumeName } from '../engine/names.ts';
import type { Engine, Mount } from '../engine/types.ts';
import { type Progress, SharedWork } from '../lib/shared-work.ts';
import { downloadVerified } from './download.ts';
import { type Installed, Installer } from './installer.ts';
import { type PinnedPackage, type Pins, pins as releasePins, platformOf, toolOf } from './pins.ts';
import { repack } from './tarball.ts';
import type { Tool, Tools } from './types.ts';

export type ToolsOptions = {
  readonly engine: Engine;
  /** Reference of an image with a POSIX shell and GNU coreutils, present afterwards: the agent image. */
  readonly image: (onProgress: (line: string) => void, signal?: AbortSignal) => Promise<string>;
  /** The setting of that name, read at each use: a PEM file on the host, or ''. */
  readonly extraCaBundle: () => string;
  /** A folder of this core's own for downloads under way; emptied at start. */
  readonly downloadFolder: string;
  /** Other versions than this release's. */
  readonly pins?: Pins;
};

/** What lies under `<tool>/<version>/<platform>` of the tools volume, and how it comes there. */
class ToolsVolume implements Tools {
  readonly #options: ToolsOptions;
  readonly #pins: Pins;
  readonly #volume: string;
  readonly #work = new SharedWork<void>();
  readonly #changes = createEmitter<void>();
  #platform: string | undefined;
  /** Null: not known. Forgotten when the volume is destroyed. */
  #found: Installed | null = null;
  #emptied: Promise<void> | null = null;

  constructor(options: ToolsOptions) {
    this.#options = options;
    this.#pins = options.pins ?? releasePins;
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

  async ensure(wanted: Tool | AgentType, onProgress: Progress, signal?: AbortSignal): Promise<void> {
    const tool = toolOf(wanted);
    if (tool === undefined) return;
    if (this.#found === null || !(await this.#volumeExists())) await this.refresh(signal);
    if (this.installed(tool)) return;
    await this.#work.run(tool, (progress, all) => this.#install(tool, progress, all), onProgress, signal);
  }

  installed(wanted: Tool | AgentType): boolean {
    const tool = toolOf(wanted);
    if (tool === undefined) return true;
    const pinned = this.#pins[tool].packages[this.#platform ?? ''];
    return pinned !== undefined && this.#found?.get(this.#folder(tool)) === pinned.integrity;
  }

  version(wanted: Tool | AgentType): string | undefined {
    const tool = toolOf(wanted);
    return tool === undefined ? undefined : this.#pins[tool].version;
  }

  path(tool: Tool): string {
    return `${containerPaths.tools}/${this.#folder(tool)}`;
  }

  mount(): Mount {
    return { kind: 'volume', source: this.#volume, target: containerPaths.tools, readOnly: true };
  }

  onChange(listener: Listener<void>): Dispose {
    return this.#changes.on(listener);
  }

  #folder(tool: Tool): string {
    if (this.#platform === undefined) {
      throw new AppError('tools/platform-unknown', 'The engine has not been asked for its platform yet. Wait until it is reached.');
    }
    return `${tool}/${this.#pins[tool].version}/${this.#platform}`;
  }

  async #volumeExists(): Promise<boolean> {
    return (await this.#options.engine.listVolumes()).some((volume) => volume.name === this.#volume);
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { engine, image } = this.#options;
    const { architecture } = await engine.info();
    const platform = platformOf(architecture);
    if (platform === undefined) {
      throw new AppError('tools/platform-unsupported', `The engine's architecture, ${architecture}, has no agent CLIs. Use an engine on x86-64 or ARM64.`);
    }
    this.#platform = platform;
    await Installer.sweep(engine);
    if (!(await this.#volumeExists())) return this.#learn(new Map());
    const reference = await image(() => undefined, signal);
    this.#learn(await Installer.use(engine, reference, signal, (installer) => installer.list()));
  }

  async #install(tool: Tool, onProgress: Progress, signal: AbortSignal): Promise<void> {
    const pinned = this.#package(tool);
    await this.#emptyDownloads();
    const reference = await this.#options.image((line) => onProgress(line), signal);
    const { downloadFolder, extraCaBundle, engine } = this.#options;
    const file = await downloadVerified(pinned, { folder: downloadFolder, extraCaBundle: extraCaBundle(), onProgress, signal });
    try {
      onProgress(`Unpacking ${pinned.name} ${pinned.version}…`);
      const found = await Installer.use(engine, reference, signal, async (installer) => {
        await installer.install(this.#folder(tool), repack(file, pinned), pinned.integrity);
        return installer.list();
      });
      this.#learn(found);
      onProgress(`${pinned.name} ${pinned.version} is ready.`, 1);
    } finally {
      await rm(file, { force: true });
    }
  }

  #package(tool: Tool): PinnedPackage {
    const { packages, version } = this.#pins[tool];
    const found = packages[this.#platform ?? ''];
    if (found !== undefined) return found;
    throw new AppError('tools/platform-unsupported', `${tool} ${version} does not exist for the engine's platform, ${this.#platform}.`);
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
