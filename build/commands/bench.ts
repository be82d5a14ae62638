import path from 'node:path';
import { projectFolder } from '../setup/paths.mjs';
import { become } from '../setup/run.mjs';
import { ensureTestMachine } from '../setup/test-machine.ts';
import { runCommand } from './main.ts';

await runCommand(async (args) => {
  await ensureTestMachine(['e2e']);
  become(process.execPath, [...process.execArgv, path.join(projectFolder, 'tests/bench/run.ts'), ...args]);
});
