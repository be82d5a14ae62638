import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { modulesFolder, projectFolder } from '../setup/paths.mjs';
import { say } from '../setup/run.mjs';
import { runCommand } from './main.ts';

/** What can be said of a checkout without running it. Each program says itself what is wrong. */
const checks = [
  ['types', 'tsc', '-p', '.'],
  ['types of the renderer', 'tsc', '-p', 'renderer'],
  ['lint', 'oxlint', '--type-aware', '--deny-warnings'],
  ['format', 'oxfmt', '--check', '.'],
  ['dead code', 'knip'],
] as const;

await runCommand(async () => {
  const bin = path.join(modulesFolder, '.bin');
  // The programs are scripts: they find this Node, not the one that npm was started with.
  const env = { ...process.env, PATH: [bin, path.dirname(process.execPath), process.env.PATH].join(path.delimiter) };
  const failed = checks.filter(([, program, ...argv]) => spawnSync(path.join(bin, program), argv, { cwd: projectFolder, env, stdio: 'inherit' }).status !== 0);
  const names = failed.map(([name]) => name);
  say(names.length === 0 ? `${checks.map(([name]) => name).join(', ')}: all in order.` : `Not in order: ${names.join(', ')}.`);
  process.exitCode = names.length === 0 ? 0 : 1;
});
