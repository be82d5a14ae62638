import type { CallHandlers, StreamHandlers } from '../../electron/ipc/router.ts';
import type { Core } from '../../electron/ipc/types.ts';
import { readAppVersion } from '../../electron/lib/places.ts';
import { calls as contract, contractVersion } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import { makeSnapshot } from './sample-state.ts';

const emptySnapshot = makeSnapshot({ engine: { kind: 'connecting', endpoint: 'none' } });

/** The calls of a core without an engine: enough to try what carries them. Every other call answers `test/absent`. */
export function createSmallCore(dataFolder: string, given: { calls?: Partial<CallHandlers>; streams?: Partial<StreamHandlers> } = {}): Core {
  const known: Partial<CallHandlers> = {
    'app.info': () => ({
      version: readAppVersion(),
      contract: contractVersion,
      installation: '0123456789ab',
      pid: process.pid,
      dataFolder,
      engine: emptySnapshot.engine,
    }),
    'app.snapshot': () => emptySnapshot,
    'projects.list': () => [],
    ...given.calls,
  };
  const calls = Object.fromEntries(Object.keys(contract).map((name) => [name, known[name as keyof typeof known] ?? absent])) as unknown as CallHandlers;
  const streams = {
    /** An echo: what is sent comes back. */
    'terminals.attach': async (_input, channel) => {
      channel.onData((bytes) => channel.write(bytes.slice()));
      await channel.closed;
    },
    'terminals.watch': async () => {},
    'workspaces.logs': async () => {},
    ...given.streams,
  } satisfies StreamHandlers;
  return { calls, streams, close: async () => {} };
}

function absent(): never {
  throw new AppError('test/absent', 'This call is not part of this test.');
}
