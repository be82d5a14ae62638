import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import type { Readable } from 'node:stream';
import NpmConfig from '@npmcli/config';
import npm from '@npmcli/config/lib/definitions/index.js';
import fetchFromRegistry from 'npm-registry-fetch';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';

/**
 * npm's own settings as npm reads them: environment, `~/.npmrc`, global file. So a company's registry, its token, proxy and CA
 * work here as they do for `npm install`, and no registry's address is written down in Forgehold.
 */
async function readNpmSettings(): Promise<Record<string, unknown>> {
  const config = new NpmConfig({
    definitions: npm.definitions,
    flatten: npm.flatten,
    shorthands: npm.shorthands,
    // No npm is installed with us: no built-in file, no arguments, and no project whose .npmrc would count.
    npmPath: homedir(),
    argv: [],
    cwd: homedir(),
    env: { ...process.env },
  });
  await config.load();
  return { ...config.flat };
}

/** `@scope/name` and version → the path of its tarball under the registry, which all npm registries share. */
export function tarballPath(name: string, version: string): string {
  return `/${name}/-/${name.split('/').at(-1)}-${version}.tgz`;
}

export type Tarball = {
  readonly stream: Readable;
  /** Length of the compressed tarball, where the registry tells it. */
  readonly bytes: number | undefined;
};

/**
 * Opens a package's tarball. Nothing of it is verified yet. `extraCaBundle`: a PEM file trusted besides Node's own list; empty for none.
 * Throws `tools/download-failed`.
 */
export async function openTarball(name: string, version: string, options: { readonly extraCaBundle: string; readonly signal: AbortSignal }): Promise<Tarball> {
  try {
    const settings = await readNpmSettings();
    const response = await fetchFromRegistry(tarballPath(name, version), {
      ...settings,
      ...(await certificates(settings['ca'], options.extraCaBundle)),
      spec: `${name}@${version}`,
      signal: options.signal,
      cache: undefined,
      // `downloadVerified` tries again itself, whatever broke.
      retry: { retries: 0 },
      preferOnline: true,
    });
    const length = Number(response.headers.get('content-length') ?? Number.NaN);
    // A minipass stream: pipes, ends and fails like a Readable, and iterates like one.
    return { stream: response.body as unknown as Readable, bytes: Number.isSafeInteger(length) && length > 0 ? length : undefined };
  } catch (error) {
    options.signal.throwIfAborted();
    throw downloadFailed(name, version, error);
  }
}

/** What the registry says of one version of a package, as far as it matters here (https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md). */
const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  dist: z.object({ integrity: z.string().regex(/^sha512-[A-Za-z0-9+/]{86}==$/) }),
  dependencies: z.record(z.string(), z.string()).default({}),
  bundleDependencies: z.union([z.array(z.string()), z.boolean()]).optional(),
  bundledDependencies: z.union([z.array(z.string()), z.boolean()]).optional(),
  os: z.array(z.string()).default([]),
  cpu: z.array(z.string()).default([]),
  libc: z.array(z.string()).default([]),
});
export type Manifest = z.infer<typeof manifestSchema>;

const manifestTimeoutMs = 60_000;

/** Throws `tools/unknown-version`, `tools/download-failed`. */
export async function fetchManifest(
  name: string,
  version: string,
  options: { readonly extraCaBundle: string; readonly signal?: AbortSignal | undefined },
): Promise<Manifest> {
  const signal = AbortSignal.any([AbortSignal.timeout(manifestTimeoutMs), ...(options.signal ? [options.signal] : [])]);
  try {
    const settings = await readNpmSettings();
    const document = await fetchFromRegistry.json(`/${name.replace('/', '%2f')}/${version}`, {
      ...settings,
      ...(await certificates(settings['ca'], options.extraCaBundle)),
      spec: `${name}@${version}`,
      signal,
      preferOnline: true,
    });
    const manifest = manifestSchema.safeParse(document);
    if (manifest.success && manifest.data.name === name && manifest.data.version === version) return manifest.data;
    throw new Error('the registry gives no SHA-512 of it, or describes another package', { cause: manifest.error });
  } catch (error) {
    options.signal?.throwIfAborted();
    const code = (error as { readonly statusCode?: unknown }).statusCode;
    if (code !== 404 && code !== 405) throw downloadFailed(name, version, error);
    throw new AppError('tools/unknown-version', `The registry has no version ${version} of ${name}. Check how both are written.`, {
      details: { package: name, version },
      cause: error,
    });
  }
}

export function downloadFailed(name: string, version: string, cause: unknown): AppError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AppError(
    'tools/download-failed',
    `${name} ${version} could not be downloaded: ${reason}. Check the network and npm's registry setting, then try again.`,
    { details: { package: name, version, reason }, cause },
  );
}

/** npm's `ca` replaces Node's list, so the bundle is added to whichever of the two counts. */
async function certificates(configured: unknown, bundle: string): Promise<{ ca?: string[] }> {
  if (bundle === '') return {};
  const { getCACertificates } = await import('node:tls');
  const own = Array.isArray(configured) ? (configured as string[]) : typeof configured === 'string' ? [configured] : getCACertificates('default');
  return { ca: [...own, await readFile(bundle, 'utf8')] };
}
