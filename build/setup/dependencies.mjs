import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findMissing } from './lockfile.mjs';
import { withNode } from './node.mjs';
import { modulesFolder, projectFolder } from './paths.mjs';
import { SetupError, run, step } from './run.mjs';

const lockFile = path.join(projectFolder, 'package-lock.json');
const stampFile = path.join(modulesFolder, '.forgehold-lock');
/** npm's own record of what it installed. */
const installedFile = path.join(modulesFolder, '.package-lock.json');

/** @typedef {import('./lockfile.mjs').Entry} Entry */

/** Runs npm when node_modules is not what package-lock.json says. Otherwise it costs a hash of the lockfile. */
export async function ensureDependencies() {
  const lock = readFileSync(lockFile);
  const stamp = createHash('sha256').update(lock).digest('hex');
  if (readIfThere(stampFile) === stamp) return;
  const missing = findMissingHere(JSON.parse(lock.toString()).packages);
  if (missing.length > 0) {
    if (lstatSync(modulesFolder, { throwIfNoEntry: false })?.isSymbolicLink())
      throw new SetupError(
        `node_modules is a link and lacks ${missing.slice(0, 3).join(', ')}… of package-lock.json: run npm install where it points to (${realpathSync(modulesFolder)}).`,
      );
    await step('Installing dependencies', () => withNode(install));
  }
  writeFileSync(stampFile, stamp);
}

/**
 * Under `node`, not under the Node that npm's own launcher would find. `install`, because `ci` refuses a lockfile that lacks another
 * platform's optional binaries; what the lockfile names is installed as it says, and it stays as it is. No dependency needs its install script.
 * @param {string} node
 */
async function install(node) {
  const env = { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}` };
  await run(node, [npmScript(), 'install', '--no-save', '--ignore-scripts'], { cwd: projectFolder, env });
}

/** npm tells its scripts where it is itself; started without it, we look on PATH. */
function npmScript() {
  const onPath = (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, 'npm'));
  const candidates = [process.env.npm_execpath ?? '', ...onPath].filter((file) => existsSync(file)).map((file) => realpathSync(file));
  const found = candidates.find((file) => file.endsWith('npm-cli.js'));
  if (!found) throw new SetupError('npm was not found. Start this through npm: npm start, npm test, npm run forgehold.');
  return found;
}

/** Compares npm's record with the lockfile, so that an `npm install` by hand counts too.
 * @param {Record<string, Entry>} wanted */
function findMissingHere(wanted) {
  const record = readIfThere(installedFile);
  return findMissing(wanted, record ? JSON.parse(record).packages : {});
}

/** @param {string} file */
function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
