import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runServerShell } from '../../electron/ipc/server-shell.ts';
import { AppError } from '../../shared/errors.ts';
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
      close: async () => writeFileSync(join(dataFolder.root, 'closed'), ''),
      calls: {
        ...core.calls,
        'app.info': async (input, context) => ({ ...(await core.calls['app.info'](input, context)), version }),
        'domains.remove': ({ pattern }) => {
          publish('app.closing', { reason: pattern ?? '' });
          return { removed: [] };
        },
        // A bug that no call waits for.
        'keys.forgetAll': () => {
          setTimeout(() => {
            throw new Error('a bug');
          });
          throw new AppError('test/absent', 'It fails in a moment.');
        },
        'domains.dismiss': async () => {
          // 250 MB of events, as fast as a client that reads can take them: what one that never reads would have waiting.
          for (let index = 0; index < 1000; index += 1) {
            publish('app.closing', { reason: 'x'.repeat(256 * 1024) });
            await sleep(2);
          }
          return {};
        },
      },
    };
  },
});
