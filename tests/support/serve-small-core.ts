import { setTimeout } from 'node:timers/promises';
import { runServerShell } from '../../electron/ipc/server-shell.ts';
import { createSmallCore } from './small-core.ts';

// A whole server shell around the small core, in a process of its own: it can be killed, and its memory measured.
const { FORGEHOLD_TEST_VERSION: version = '1.0.0', FORGEHOLD_TEST_WEB: webRoot = '/nonexistent' } = process.env;
await runServerShell({
  argv: process.argv.slice(2),
  version,
  webRoot,
  environment: process.env,
  compose: async ({ dataFolder, publish }) => {
    const core = createSmallCore(dataFolder.root);
    return {
      ...core,
      calls: {
        ...core.calls,
        'app.info': async (input, context) => ({ ...(await core.calls['app.info'](input, context)), version }),
        'domains.remove': ({ pattern }) => {
          publish('app.closing', { reason: pattern });
          return {};
        },
        'domains.dismiss': async () => {
          // 250 MB of events, as fast as a client that reads can take them: what one that never reads would have waiting.
          for (let index = 0; index < 1000; index += 1) {
            publish('app.closing', { reason: 'x'.repeat(256 * 1024) });
            await setTimeout(2);
          }
          return {};
        },
      },
    };
  },
});
