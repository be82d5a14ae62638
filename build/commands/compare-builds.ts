import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compareTrees, readTree } from '../package/compare.ts';
import { packageApp } from '../package/stage.ts';
import { ensureElectron, findElectron } from '../setup/electron.ts';
import { projectFolder } from '../setup/paths.mjs';
import { SetupError, say, step } from '../setup/run.mjs';
import { runCommand } from './main.ts';

/** Packages the checkout twice, each time from nothing, and lists the files that differ. Where the pinned Electron cannot be had, with the tests' one. */
await runCommand(async () => {
  await ensureElectron({ forTests: true });
  const electron = findElectron({ forTests: true });
  if (!electron) throw new SetupError('There is no Electron to package.');
  const older = electron.isOfficial ? {} : { electron: { folder: path.dirname(electron.executable), version: electron.version } };
  const out = mkdtempSync(path.join(tmpdir(), 'forgehold-builds-'));
  try {
    const trees = [];
    for (const name of ['first', 'second']) {
      rmSync(path.join(projectFolder, 'dist'), { recursive: true, force: true });
      const { folder } = await step(`Building it a ${name} time`, () => packageApp({ out: path.join(out, name), ...older }));
      trees.push(readTree(folder));
    }
    const differing = compareTrees(trees[0]!, trees[1]!);
    say(differing.length === 0 ? `Both builds are the same, file by file: ${trees[0]!.size} files.` : `${differing.length} files differ:`);
    for (const name of differing) say(`  ${name}`);
    process.exitCode = differing.length === 0 ? 0 : 1;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});
