import path from 'node:path';
import { openEngine } from '../setup/docker.ts';
import { ensureBaseTools } from '../setup/images.ts';
import { ensurePrograms, git } from '../setup/packages.ts';
import { projectFolder } from '../setup/paths.mjs';
import { ensureRenderer } from '../setup/renderer.ts';
import { become, say } from '../setup/run.mjs';
import { runCommand } from './main.ts';

await runCommand(async (args) => {
  await ensurePrograms([git]);
  const engine = await openEngine();
  await ensureBaseTools(engine);
  engine.close();
  await ensureRenderer();
  say('There is no desktop window yet: this is the server shell, for your browser.');
  become(process.execPath, [...process.execArgv, path.join(projectFolder, 'electron/serve.ts'), ...args]);
});
