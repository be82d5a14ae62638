import { becomeServer, ensureCoreMachine } from '../setup/core-machine.ts';
import { ensureDesktop } from '../setup/desktop.ts';
import { ensureElectron, type ElectronRuntime } from '../setup/electron.ts';
import { projectFolder } from '../setup/paths.mjs';
import { become, say } from '../setup/run.mjs';
import { runCommand } from './main.ts';

/** The desktop window; where there can be none, one line says why, and the server shell starts in its place. */
await runCommand(async (args) => {
  const runtime = await findDesktop(args);
  await ensureCoreMachine();
  if (typeof runtime === 'string') {
    if (runtime !== '') say(`${runtime} This is the server shell, for your browser.`);
    becomeServer(args);
    return;
  }
  await ensureDesktop();
  become(runtime.executable, [projectFolder, ...args]);
});

/** What runs the window, or why there is none; empty when the server shell was asked for by its own options. */
async function findDesktop(args: readonly string[]): Promise<ElectronRuntime | string> {
  if (args.some((word) => /^--(json|port)(=|$)/.test(word))) return '';
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'There is no display for a window.';
  // Chromium holds its pages in a sandbox that root cannot have, and Forgehold opens no window without.
  if (process.platform === 'linux' && process.getuid?.() === 0) return 'Root gets no window: its pages would have no sandbox.';
  return (await ensureElectron({ forTests: false })) ?? 'Without Electron there is no window.';
}
