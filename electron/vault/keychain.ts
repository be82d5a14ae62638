import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ForkHelper, Helper } from './fork-helper.ts';
import { answerSchema, type KeychainRequest } from './keychain-messages.ts';
import { explainTrouble, noBus, silent, type Trouble } from './trouble.ts';

export type Told<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'failed'; readonly trouble: Trouble };

/** The OS keychain, one question after the other. Nothing here throws: a keychain that does not do its work is an answer. */
export type Keychain = {
  /** Whether somebody answers, and what it is called. Opens no dialog. */
  readonly probe: () => Promise<Told<string>>;
  /** How many keys it has of ours, where that can be told without a dialog, else 0; `locked` when they cannot be read. */
  readonly peek: () => Promise<Told<number>>;
  readonly list: () => Promise<Told<readonly string[]>>;
  /** These three may open the keychain's own dialog: then they wait for a person, and `onSlow` is called once. */
  readonly read: (account: string, onSlow: () => void) => Promise<Told<string | null>>;
  readonly write: (account: string, secret: string, onSlow: () => void) => Promise<Told<unknown>>;
  readonly remove: (account: string, onSlow: () => void) => Promise<Told<unknown>>;
  /** Lets the helper go, and with it a dialog that is open. The next question starts another. */
  readonly rest: () => void;
};

export type KeychainOptions = {
  /** Keys of one installation: another data folder's are under another name. */
  readonly service: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly fork: ForkHelper;
  readonly platform?: NodeJS.Platform;
};

/** A bus answers within 2 s or not at all (the library's own limit); the rest is for a busy machine, in milliseconds. */
const answerPatience = 8_000;
/** After this, a person is being asked. */
const slowAfter = 3_000;
/** All that the helper needs of the environment: the way to the session's bus, and a home folder. */
const passedOn = ['HOME', 'PATH', 'USER', 'LOGNAME', 'LANG', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS', 'XDG_DATA_HOME', 'TMPDIR', 'SystemRoot', 'APPDATA'];

const helperModule = new URL('keychain-worker.ts', import.meta.url);

export function createKeychain(options: KeychainOptions): Keychain {
  const helper = new KeychainHelper(options);
  return {
    probe: () => helper.ask({ op: 'probe' }, z.string()),
    peek: () => helper.ask({ op: 'peek' }, z.int()),
    list: () => helper.ask({ op: 'list' }, z.array(z.string())),
    read: (account, onSlow) => helper.ask({ op: 'read', account }, z.string().nullable(), onSlow),
    write: (account, secret, onSlow) => helper.ask({ op: 'write', account, secret }, z.unknown(), onSlow),
    remove: (account, onSlow) => helper.ask({ op: 'remove', account }, z.unknown(), onSlow),
    rest: () => helper.rest(),
  };
}

type Question = KeychainRequest extends infer R ? (R extends unknown ? Omit<R, 'id' | 'service'> : never) : never;

class KeychainHelper {
  readonly #options: KeychainOptions;
  readonly #waiting = new Map<number, (told: Told<unknown>) => void>();
  #helper: Helper | null = null;
  #asked = 0;

  constructor(options: KeychainOptions) {
    this.#options = options;
  }

  /** @param onSlow Present: a person may be asked, so there is no limit. */
  async ask<T>(question: Question, schema: z.ZodType<T>, onSlow?: () => void): Promise<Told<T>> {
    const { service, environment, platform = process.platform } = this.#options;
    if (platform === 'linux' && !hasSessionBus(environment)) return { kind: 'failed', trouble: noBus };
    const id = (this.#asked += 1);
    const helper = (this.#helper ??= this.#start());
    const late = onSlow ? setTimeout(onSlow, slowAfter) : setTimeout(() => this.rest(), answerPatience);
    const told = await new Promise<Told<unknown>>((resolve) => {
      this.#waiting.set(id, resolve);
      helper.send({ id, service, ...question } satisfies KeychainRequest);
    });
    clearTimeout(late);
    if (told.kind === 'failed') return told;
    const value = schema.safeParse(told.value);
    return value.success ? { kind: 'done', value: value.data } : { kind: 'failed', trouble: explainTrouble('') };
  }

  rest(): void {
    this.#helper?.kill();
    this.#helper = null;
    this.#fail();
  }

  #start(): Helper {
    const { environment, fork } = this.#options;
    const helper = fork(helperModule, Object.fromEntries(passedOn.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]]))));
    helper.onMessage((message) => {
      const { success, data } = answerSchema.safeParse(message);
      if (!success) return;
      this.#waiting.get(data.id)?.(data.ok ? { kind: 'done', value: data.value } : { kind: 'failed', trouble: explainTrouble(data.said) });
      this.#waiting.delete(data.id);
    });
    helper.onExit(() => {
      if (this.#helper !== helper) return;
      this.#helper = null;
      this.#fail();
    });
    return helper;
  }

  #fail(): void {
    for (const resolve of this.#waiting.values()) resolve({ kind: 'failed', trouble: silent });
    this.#waiting.clear();
  }
}

/**
 * Asked here, since libdbus looks for the address once per process, and to spare a process where there is none. Without an address it knows
 * one place: https://dbus.freedesktop.org/doc/dbus-specification.html#standard-session-bus
 */
function hasSessionBus({ DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: folder }: NodeJS.ProcessEnv): boolean {
  return Boolean(address) || (Boolean(folder) && existsSync(join(folder ?? '', 'bus')));
}
