import path from 'node:path';
import { parseArgs } from 'node:util';
import { packageApp } from '../package/stage.ts';
import { wrapApp } from '../package/wrap.ts';
import { projectFolder } from '../setup/paths.mjs';
import { SetupError, say, step } from '../setup/run.mjs';
import { runCommand } from './main.ts';

const targetsOf: Readonly<Record<string, readonly string[]>> = { linux: ['AppImage', 'deb'], darwin: ['dmg', 'zip'] };

/** `npm run package [-- --target AppImage]`: the files that users get, for the platform that this runs on, in `out/`. */
await runCommand(async (args) => {
  const { values } = parseArgs({ args: [...args], options: { target: { type: 'string', multiple: true } } });
  const targets = values.target ?? targetsOf[process.platform];
  if (!targets) throw new SetupError(`There is no packaging for ${process.platform} yet.`);
  const out = path.join(projectFolder, 'out');
  const app = await step('Packaging the app', () => packageApp({ out }));
  const repository = process.env.UPDATE_REPOSITORY;
  const files = await step(`Wrapping it as ${targets.join(' and ')}`, () => wrapApp({ app, out, targets, ...(repository && { repository }) }));
  for (const file of files) say(file);
});
