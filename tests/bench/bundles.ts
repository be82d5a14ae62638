import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Plugin, type Rollup } from 'vite';

const root = join(import.meta.dirname, '../..');
const top = 15;

type Sized = { readonly name: string; readonly bytes: number };

/** What the shells load: how large each bundle is, and which modules it is made of. Nothing is written. */
export async function describeBundles(): Promise<string> {
  const bundles = [
    ['the page', 'build/vite.renderer.ts'],
    ['main process and core', 'build/vite.main.ts'],
    ['preload', 'build/vite.preload.ts'],
  ] as const;
  const parts: string[] = [];
  for (const [name, config] of bundles) parts.push(await describeBundle(name, config));
  const shipped = ['dist/desktop', 'dist/renderer', 'resources'].map((folder) => `${folder} ${megabytes(sizeOf(join(root, folder)))}`);
  return [...parts, `On the disk: ${shipped.join(', ')}.`, ''].join('\n');
}

async function describeBundle(name: string, config: string): Promise<string> {
  const chunks: Sized[] = [];
  const modules = new Map<string, number>();
  let first = 0;
  let packed = 0;
  const measure: Plugin = {
    name: 'measure',
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        chunks.push({ name: chunk.fileName, bytes: Buffer.byteLength(chunk.code) });
        if (isFirst(chunk.fileName, bundle)) {
          first += Buffer.byteLength(chunk.code);
          packed += gzipSync(chunk.code).length;
        }
        for (const [id, { renderedLength }] of Object.entries(chunk.modules)) modules.set(packageOf(id), (modules.get(packageOf(id)) ?? 0) + renderedLength);
      }
    },
  };
  await build({ configFile: join(root, config), logLevel: 'silent', plugins: [measure], build: { write: false } });
  const sum = (all: readonly Sized[]): number => all.reduce((total, { bytes }) => total + bytes, 0);
  const largest = [...modules].map(([of, bytes]): Sized => ({ name: of, bytes })).toSorted((one, other) => other.bytes - one.bytes);
  const lines = [...largest.slice(0, top), { name: 'all else', bytes: sum(largest.slice(top)) }];
  return [
    `Bundle of ${name}: ${kilobytes(sum(chunks))} in ${chunks.length} files; ${kilobytes(first)} to begin with, ${kilobytes(packed)} compressed`,
    '',
    '| made of | before minifying |',
    '| --- | --- |',
    ...lines.map(({ name: of, bytes }) => `| ${of} | ${kilobytes(bytes)} |`),
    '',
  ].join('\n');
}

/** It is the entry of that name, or what an entry cannot begin without. */
function isFirst(file: string, bundle: Rollup.OutputBundle): boolean {
  return Object.values(bundle).some((chunk) => chunk.type === 'chunk' && chunk.isEntry && (chunk.fileName === file || chunk.imports.includes(file)));
}

/** A dependency as a whole; a folder of ours. */
function packageOf(id: string): string {
  const file = id.replaceAll('\0', '').split('?')[0]!;
  const dependency = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
  if (dependency !== undefined) return dependency;
  return file.startsWith(root) ? relative(root, file).split('/').slice(0, 2).join('/') : 'helpers of the bundler';
}

function sizeOf(place: string): number {
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((total, entry) => total + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1e3).toFixed(1)} kB`;
}
