import { becomeServer, ensureCoreMachine } from '../setup/core-machine.ts';
import { say } from '../setup/run.mjs';
import { runCommand } from './main.ts';

await runCommand(async (args) => {
  await ensureCoreMachine();
  say('There is no desktop window yet: this is the server shell, for your browser.');
  becomeServer(args);
});
