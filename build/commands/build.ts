import { ensureDesktop } from '../setup/desktop.ts';
import { runCommand } from './main.ts';

await runCommand(ensureDesktop);
