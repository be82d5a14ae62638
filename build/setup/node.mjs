import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { modulesFolder, projectFolder } from './paths.mjs';
import { SetupError, run, step } from './run.mjs';

/** The least major version that runs the project: TypeScript without a build, node:sqlite. */
const leastMajor = 24;
/** The registry carries Node itself, one package per platform; package.json pins them as optional dependencies. */
const nodePackage = `node-${process.platform}-${process.arch}`;

/** The Node that runs the project: the pinned one of node_modules, else the running one when it is new enough.
 * @returns {Promise<string>} path of the executable */
export async function findNode() {
  const pinned = path.join(modulesFolder, nodePackage, 'bin/node');
  if (existsSync(pinned)) return pinned;
  if (isNewEnough()) return process.execPath;
  throw noNode();
}

/**
 * Gives `use` a Node 24 before node_modules is there: npm run by an older one silently skips optional packages that need a newer one.
 * Fetched from the registry with the hash that package-lock.json pins, into a temporary folder.
 * @param {(node: string) => Promise<void>} use
 */
export async function withNode(use) {
  if (isNewEnough()) return use(process.execPath);
  const { packages } = JSON.parse(await readFile(path.join(projectFolder, 'package-lock.json'), 'utf8'));
  const entry = packages[`node_modules/${nodePackage}`];
  if (!entry) throw noNode();
  const folder = await mkdtemp(path.join(tmpdir(), 'forgehold-node-'));
  try {
    const manifest = { name: 'forgehold-node', version: '0.0.0', private: true, dependencies: { [nodePackage]: entry.version } };
    const lock = {
      ...manifest,
      lockfileVersion: 3,
      requires: true,
      packages: { '': manifest, [`node_modules/${nodePackage}`]: { ...entry, optional: undefined } },
    };
    await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
    await writeFile(path.join(folder, 'package-lock.json'), JSON.stringify(lock));
    if (existsSync(path.join(projectFolder, '.npmrc'))) await cp(path.join(projectFolder, '.npmrc'), path.join(folder, '.npmrc'));
    await step(`Fetching Node ${entry.version} (120 MB unpacked; this is Node ${process.versions.node})`, () =>
      run('npm', ['ci', '--ignore-scripts'], { cwd: folder }),
    );
    return await use(path.join(folder, 'node_modules', nodePackage, 'bin/node'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isNewEnough() {
  return Number(process.versions.node.split('.')[0]) >= leastMajor;
}

function noNode() {
  return new SetupError(
    `Forgehold needs Node ${leastMajor} or newer; this is ${process.versions.node}, and the registry has no pinned one for ${process.platform}-${process.arch}. ` +
      `Install it (nodejs.org, or a version manager) and run this again.`,
  );
}
