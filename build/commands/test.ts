import path from 'node:path';
import { parseArgs } from 'node:util';
import { modulesFolder } from '../setup/paths.mjs';
import { become } from '../setup/run.mjs';
import { ensureTestMachine } from '../setup/test-machine.ts';
import { runCommand } from './main.ts';

await runCommand(async (args) => {
  const { values } = parseArgs({ args: [...args], options: { project: { type: 'string', multiple: true } }, strict: false, allowPositionals: true });
  await ensureTestMachine((values.project ?? []).map(String));
  become(process.execPath, [path.join(modulesFolder, 'vitest/vitest.mjs'), 'run', ...args]);
});
