import { protocol } from 'electron';
import type { Logger } from '../lib/logger.ts';
import { answerFile } from './app-files.ts';
import { appScheme } from './security.ts';

/** Before the app is ready: an origin of its own, with storage and fetch, that counts as secure. */
export function declareAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }]);
}

/** Serves the built interface in `root`. A file that cannot be read is an answer too: without one the page would wait for ever. */
export function serveAppScheme(root: string, log: Logger): void {
  protocol.handle(appScheme, async (request) => {
    try {
      return await answerFile(request, root);
    } catch (error) {
      log.error({ error }, 'A file of the interface could not be read');
      return new Response('The file cannot be read. The log has the details.\n', { status: 500, headers: { 'content-type': 'text/plain' } });
    }
  });
}
