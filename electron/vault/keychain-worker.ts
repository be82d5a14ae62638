import type { KeychainAnswer, KeychainRequest } from './keychain-messages.ts';
import { nameProvider } from './provider.ts';

/**
 * The helper process, the only one that talks to the keychain. It is a process because an unlock dialog holds a native thread for as long
 * as a person likes, and Node joins such threads before it exits: in a worker or in the pool it would keep the core from ending. This one is killed.
 */

/** Without it the library falls back, silently, to the kernel's keyring, which forgets all at the next boot. */
const pin = { linux: { store: 'secret-service' } } as const;
/** An account that nobody has: to ask for it shows whether somebody answers, and never opens a dialog. */
const nobody = 'is anybody there';

/** Electron's utility processes have this instead of `process.send`. */
type ParentPort = {
  readonly on: (event: 'message', listener: (event: { readonly data: unknown }) => void) => void;
  readonly postMessage: (message: unknown) => void;
};

async function serve(request: KeychainRequest): Promise<unknown> {
  const { AsyncEntry, findCredentialsAsync } = await import('@napi-rs/keyring');
  const { service } = request;
  switch (request.op) {
    case 'probe':
      await new AsyncEntry(service, nobody, pin).getPassword();
      return nameProvider();
    // The Secret Service opens no dialog for a search, it fails when it is locked. Others may.
    case 'peek':
      return process.platform !== 'linux' ? 0 : (await findCredentialsAsync(service)).length;
    case 'list':
      return (await findCredentialsAsync(service)).map(({ account }) => account);
    case 'read':
      return (await new AsyncEntry(service, request.account, pin).getPassword()) ?? null;
    case 'write':
      await new AsyncEntry(service, request.account, pin).setPassword(request.secret);
      return null;
    case 'remove':
      return new AsyncEntry(service, request.account, pin).deletePassword();
  }
}

async function answer(request: KeychainRequest): Promise<KeychainAnswer> {
  try {
    return { id: request.id, ok: true, value: await serve(request) };
  } catch (error) {
    return { id: request.id, ok: false, said: error instanceof Error ? error.message : String(error) };
  }
}

const parent = (process as { readonly parentPort?: ParentPort }).parentPort;
if (parent) {
  parent.on('message', ({ data }) => void answer(data as KeychainRequest).then((message) => parent.postMessage(message)));
} else {
  process.on('message', (request) => void answer(request as KeychainRequest).then((message) => process.send?.(message)));
  // The core is gone; an exit would wait for the dialog.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
}
