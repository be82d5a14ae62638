import { becomeServer, ensureCoreMachine } from '../setup/core-machine.ts';
import { runCommand } from './main.ts';

await runCommand(async (args) => {
  await ensureCoreMachine();
  becomeServer(args);
});
