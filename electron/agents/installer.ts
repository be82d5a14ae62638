import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { AppError } from '../../shared/errors.ts';
import type { ExecResult } from '../engine/exec-types.ts';
import { containerPaths, toolsVolumeName } from '../engine/names.ts';
import type { Engine } from '../engine/types.ts';

/** It ends by itself should the app die, and the next look sweeps it away. */
const installerSeconds = 3600;
/** A partial folder this old belongs to no running installation: unpacking takes minutes. */
const stalePartialMinutes = 360;
const execTimeoutMs = 120_000;
export const marker = '.complete';

/** `tool/version/platform`, and the integrity that its marker names. */
export type Installed = ReadonlyMap<string, string>;

/**
 * A throwaway container with the tools volume and nothing else: no network, no capabilities, no other mounts.
 * It only makes folders, renames and lists; what is unpacked was downloaded and verified by the host.
 */
export class Installer {
  readonly #engine: Engine;
  readonly #id: string;
  readonly #signal: AbortSignal | undefined;

  private constructor(engine: Engine, id: string, signal: AbortSignal | undefined) {
    this.#engine = engine;
    this.#id = id;
    this.#signal = signal;
  }

  static async use<T>(engine: Engine, image: string, signal: AbortSignal | undefined, work: (installer: Installer) => Promise<T>): Promise<T> {
    const volume = toolsVolumeName(engine.installation);
    await engine.ensureVolume(volume, {});
    const id = await engine.createContainer({
      role: 'installer',
      name: `forge-installer-${engine.installation}-${randomBytes(4).toString('hex')}`,
      image,
      entrypoint: ['sleep'],
      command: [String(installerSeconds)],
      user: '0:0',
      env: {},
      mounts: [{ kind: 'volume', source: volume, target: containerPaths.tools, readOnly: false }],
      network: 'none',
      readOnlyRoot: true,
      capabilities: [],
      pidsLimit: 64,
      restart: 'no',
    });
    try {
      await engine.startContainer(id);
      return await work(new Installer(engine, id, signal));
    } finally {
      await engine.removeContainer(id);
    }
  }

  /** Removes installers that an app which died left behind. */
  static async sweep(engine: Engine): Promise<void> {
    const left = (await engine.listContainers({ role: 'installer' })).filter((container) => container.status === 'exited' || container.status === 'dead');
    await Promise.all(left.map((container) => engine.removeContainer(container.id)));
  }

  async list(): Promise<Installed> {
    const { stdout } = await this.#run('cd "$1" && for f in */*/*/"$2"; do [ -f "$f" ] && printf "%s\\t%s\\n" "$f" "$(cat "$f")"; done; :', [
      containerPaths.tools,
      marker,
    ]);
    const lines = stdout.split('\n').filter((line) => line.includes('\t'));
    return new Map(lines.map((line) => [line.slice(0, line.indexOf(`/${marker}\t`)), line.slice(line.indexOf('\t') + 1)]));
  }

  /** What is complete, with its bytes on disk. */
  async sizes(): Promise<readonly { readonly folder: string; readonly bytes: number }[]> {
    const { stdout } = await this.#run('cd "$1" && for f in */*/*/"$2"; do [ -f "$f" ] && du -sk "${f%/*}"; done; :', [containerPaths.tools, marker]);
    return stdout.split('\n').flatMap((line) => {
      const [, size, folder] = /^(\d+)\t(.+)$/.exec(line) ?? [];
      return size === undefined || folder === undefined ? [] : [{ folder, bytes: Number(size) * 1024 }];
    });
  }

  /** The marker goes first: what is cut off in the middle is not complete. */
  async remove(folders: readonly string[]): Promise<void> {
    const script = 'cd "$1" && marker=$2 && shift 2 && for f do rm -f "$f/$marker" && rm -rf "$f" && rmdir -p "${f%/*}" 2>/dev/null; done; :';
    for (const folder of folders)
      if (!/^[\w.+-]+(?:\/[\w.+-]+){2}$/.test(folder) || /(?:^|\/)\.\.?(?:\/|$)/.test(folder)) throw new Error(`Not a tool's folder: ${folder}`);
    await this.#run(script, [containerPaths.tools, marker, ...folders]);
  }

  /**
   * Unpacks `tar` as `folder`. The marker is written when all files are on disk, then the folder gets its name by one rename:
   * under that name it is complete or absent. Of two that install at once, the first to rename wins and the other's copy is dropped.
   */
  async install(folder: string, tar: Readable, integrity: string): Promise<void> {
    const target = `${containerPaths.tools}/${folder}`;
    const partial = `${target}.partial-${randomBytes(6).toString('hex')}`;
    try {
      await this.#run('find "$1" -mindepth 3 -maxdepth 3 -name "*.partial-*" -mmin "+$2" -exec rm -rf {} + ; mkdir -p "$3"', [
        containerPaths.tools,
        String(stalePartialMinutes),
        partial,
      ]);
      // Not to be cut off: the engine would go on to write what it has, while it is cleared away here.
      await this.#engine.putArchive(this.#id, tar, partial);
      await this.#run(commitScript, [partial, target, marker, integrity]);
    } catch (error) {
      await this.#engine.exec(this.#id, ['rm', '-rf', partial], { timeoutMs: execTimeoutMs });
      throw error;
    }
  }

  async #run(script: string, values: readonly string[]): Promise<ExecResult> {
    this.#signal?.throwIfAborted();
    const result = await this.#engine.exec(this.#id, ['sh', '-c', script, 'sh', ...values], { timeoutMs: execTimeoutMs });
    if (result.exitCode === 0) return result;
    throw new AppError('tools/install-failed', `A tool could not be put into the tools volume: ${result.stderr.trim()}. Check the engine's free disk space.`, {
      details: { exitCode: result.exitCode, stderr: result.stderr },
    });
  }
}

/** $1 partial folder, $2 its final name, $3 marker, $4 integrity. A folder of that name with another marker, or none, gives way. */
const commitScript = `
set -eu
sync -f "$1"
printf '%s' "$4" > "$1/.writing"
mv "$1/.writing" "$1/$3"
sync -f "$1"
if mv -T "$1" "$2" 2>/dev/null; then exit 0; fi
if [ "$(cat "$2/$3" 2>/dev/null)" = "$4" ]; then rm -rf "$1"; exit 0; fi
mv -T "$2" "$1.old"
mv -T "$1" "$2"
rm -rf "$1.old"
`;
