import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../shared/errors.ts';
import type { Manifest } from './npm-registry.ts';
import { exactVersionSchema, type PinnedTool, type Pins, pins as release, toolSchema } from './pins.ts';
import type { Tool } from './types.ts';

/** Which packages a tool is made of, in the version that counts by default and in those someone has asked for. */
export type Catalogue = {
  /** Every tool in its default version. */
  readonly defaults: () => Pins;
  /** Without a version the default one. Undefined: there is no such tool, or nobody has resolved that version for the platform. */
  readonly find: (tool: Tool, version: string, platform: string | undefined) => PinnedTool | undefined;
  /**
   * Asks the registry for another version, and remembers what its content must be: from then on it needs no network.
   * Throws `tools/version`, `tools/unknown-version`, `tools/platform-unsupported`, `tools/download-failed`, `agents/needs-dependencies`.
   */
  readonly resolve: (tool: Tool, version: string, platform: string, signal?: AbortSignal) => Promise<PinnedTool>;
};

export type CatalogueOptions = {
  readonly database: DatabaseSync;
  /** Tools of agent types that the user added, by name. */
  readonly added: () => Pins;
  readonly fetchManifest: (name: string, version: string, signal?: AbortSignal) => Promise<Manifest>;
};

/** Nothing but what is given: for tests, and where no version can be asked for. */
export function fixedCatalogue(pins: Pins): Catalogue {
  return {
    defaults: () => pins,
    find: (tool, version) => {
      const found = Object.hasOwn(pins, tool) ? pins[tool] : undefined;
      return version === '' || version === found?.version ? found : undefined;
    },
    resolve: (tool, version) => Promise.reject(new AppError('tools/version', `${tool} comes in one version only, not in ${version}.`)),
  };
}

export function createCatalogue({ database, added, fetchManifest }: CatalogueOptions): Catalogue {
  const select = database.prepare('SELECT body FROM tool_pin WHERE tool = ? AND version = ? AND platform = ?');
  const keep = database.prepare('INSERT OR REPLACE INTO tool_pin (tool, version, platform, body) VALUES (?, ?, ?, ?)');
  const defaults = (): Pins => ({ ...added(), ...release });
  const base = (tool: Tool): PinnedTool | undefined => fixedCatalogue(defaults()).find(tool, '', undefined);
  return {
    defaults,
    find(tool, version, platform) {
      const usual = base(tool);
      if (usual === undefined || version === '' || version === usual.version) return usual;
      const row = platform === undefined ? undefined : select.get(tool, version, platform);
      return row === undefined ? undefined : toolSchema.parse(JSON.parse(row['body'] as string));
    },
    async resolve(tool, version, platform, signal) {
      const usual = base(tool);
      if (usual === undefined || !exactVersionSchema.safeParse(version).success)
        throw new AppError('tools/version', `"${version}" is no exact version of ${tool}. Give one like 1.2.3, or leave it empty.`, {
          details: { tool, version },
        });
      const pinned = usual.packages[platform];
      if (pinned === undefined) throw unsupported(tool, usual.version, platform);
      // Some packages have a version per platform: `1.2.3-linux-x64`.
      const wanted = pinned.version.replace(usual.version, version);
      const manifest = await fetchManifest(pinned.name, wanted, signal);
      if (!Object.hasOwn(release, tool)) refuseDependencies(manifest);
      const found: PinnedTool = {
        version,
        executable: usual.executable,
        packages: { [platform]: { ...pinned, version: wanted, integrity: manifest.dist.integrity } },
        ...(usual.folder !== undefined && { folder: `${version}-${usual.folder.split('-').at(-1)}` }),
      };
      keep.run(tool, version, platform, JSON.stringify(found));
      return found;
    },
  };
}

export function unsupported(tool: Tool, version: string, platform: string): AppError {
  return new AppError('tools/platform-unsupported', `${tool} ${version} does not exist for the engine's platform, ${platform}.`, {
    details: { tool, version, platform },
  });
}

/**
 * A package is put into the tools volume alone, by nobody's install script: what it needs must be in it.
 * Optional dependencies may be absent by their very meaning.
 */
export function refuseDependencies({ name, version, dependencies, bundleDependencies, bundledDependencies }: Manifest): void {
  const bundled = bundleDependencies ?? bundledDependencies ?? [];
  const missing = Object.keys(dependencies).filter((one) => bundled !== true && !(Array.isArray(bundled) && bundled.includes(one)));
  if (missing.length === 0) return;
  throw new AppError(
    'agents/needs-dependencies',
    `${name} ${version} needs other packages (${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ', …' : ''}), and an agent must come as one package. ` +
      'Use a version that bundles them or a package of the platform, or put the program into an image of your own.',
    { details: { package: name, version, missing } },
  );
}
