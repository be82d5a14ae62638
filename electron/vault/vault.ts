import { createEmitter, type Dispose, type Listener } from '../../shared/disposable.ts';
import type { AgentType } from '../../shared/model/agent.ts';
import type { KeychainState, KeyKept } from '../../shared/model/keychain.ts';
import { Secret } from '../../shared/secret.ts';
import type { KeyOwner, Vault } from '../agents/types.ts';
import { type AccountBook, noBook } from './accounts.ts';
import { KeyEntries } from './entries.ts';
import type { Keychain } from './keychain.ts';
import { type Outcome, synchronise } from './synchronise.ts';

export type VaultOptions = {
  /** The environment the core was started with: keys found there are taken over, and removed from it so that no child inherits them. */
  readonly environment: Record<string, string | undefined>;
  /** Names of the variables that hold a key, by agent type. */
  readonly keyNames: Readonly<Record<AgentType, readonly string[]>>;
  /** Absent, or `FORGEHOLD_KEYCHAIN=off`: keys are in memory only. */
  readonly keychain?: Keychain;
  readonly book?: AccountBook;
  readonly log?: { readonly warn: (facts: object, message: string) => void };
};

/** How long an answer about keys waits for the keychain, and how long its end; in milliseconds. */
const patience = 4_000;
const closePatience = 2_000;
/** From one look for a keychain that was not there to the next; each wait is twice the one before. */
const firstWait = 15_000;
const longestWait = 240_000;

const off: KeychainState = { kind: 'off', title: 'no keychain', why: 'Keys are kept in memory only, as FORGEHOLD_KEYCHAIN=off asks.' };

/** Keys in memory, and in the keychain wherever there is one: whatever is set counts at once, the keychain follows. */
class KeyVault implements Vault {
  readonly #entries: KeyEntries;
  readonly #keychain: Keychain | undefined;
  readonly #log: VaultOptions['log'];
  readonly #changes = createEmitter<KeyOwner>();
  readonly #states = createEmitter<KeychainState>();
  #state: KeychainState;
  /** Resolves when a person is asked. */
  #asking = Promise.withResolvers<void>();
  #running: Promise<void> | null = null;
  #again = false;
  #mayAsk = false;
  /** A dialog was declined: only who asks for it gets another. */
  #declined = false;
  #wipe = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  #wait = firstWait;

  constructor(entries: KeyEntries, { keychain, log }: Pick<VaultOptions, 'keychain' | 'log'>) {
    this.#entries = entries;
    this.#keychain = keychain;
    this.#log = log;
    this.#state = keychain ? { kind: 'looking', title: 'the keychain' } : off;
    this.#sync();
  }

  set(owner: KeyOwner, key: Secret<string> | null, name = ''): void {
    if (!this.#entries.set(owner, key, name)) return;
    this.#changes.emit(owner);
    // Who gives a key sits in front of the screen; who removes a workspace may not.
    if (key !== null) this.#mayAsk = true;
    this.#sync();
  }

  all(owner: KeyOwner): ReadonlyMap<string, Secret<string>> {
    return this.#entries.usable(owner);
  }

  kept(agent: AgentType): KeyKept | undefined {
    return this.#entries.kept(agent);
  }

  keychain(): KeychainState {
    return this.#state;
  }

  onChange(listener: Listener<KeyOwner>): Dispose {
    return this.#changes.on(listener);
  }

  onKeychain(listener: Listener<KeychainState>): Dispose {
    return this.#states.on(listener);
  }

  async look(): Promise<KeychainState> {
    this.#sync();
    return this.settled();
  }

  async unlock(): Promise<KeychainState> {
    // A dialog that is open may be behind a window, or on a screen that nobody sees.
    if (this.#state.kind === 'asking') this.#keychain?.rest();
    this.#mayAsk = true;
    this.#sync();
    return this.settled();
  }

  async need(owner: KeyOwner): Promise<boolean> {
    await this.settled();
    if (this.#state.kind === 'locked' && !this.#declined && this.#entries.isUnread(owner)) await this.unlock();
    return !this.#entries.isUnread(owner);
  }

  async forgetAll(): Promise<KeychainState> {
    const owners = this.#entries.forgetAll();
    this.#wipe = true;
    this.#mayAsk = true;
    for (const owner of owners) this.#changes.emit(owner);
    this.#sync();
    return this.settled();
  }

  async settled(): Promise<KeychainState> {
    await Promise.race([this.#running, this.#asking.promise, delay(patience)]);
    return this.#state;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.race([this.#running, this.#asking.promise, delay(closePatience)]);
    this.#closed = true;
    this.#keychain?.rest();
  }

  /** One at a time; what is asked meanwhile is done after. */
  #sync(): void {
    if (!this.#keychain || this.#closed) return;
    this.#again = true;
    if (this.#running) return;
    clearTimeout(this.#timer);
    this.#running = this.#passes(this.#keychain).finally(() => {
      this.#running = null;
    });
  }

  async #passes(keychain: Keychain): Promise<void> {
    // Beside whoever asked: a constructor, or a call that shall answer first.
    await Promise.resolve();
    while (this.#again && !this.#closed) {
      this.#again = false;
      const mayAsk = this.#mayAsk;
      this.#mayAsk = false;
      await this.#pass(keychain, mayAsk).catch((error: unknown) => {
        this.#log?.warn({ error }, 'The keys could not be brought together with the keychain');
        this.#later();
      });
    }
    if (!this.#closed) keychain.rest();
  }

  async #pass(keychain: Keychain, mayAsk: boolean): Promise<void> {
    const wipe = this.#wipe;
    let settled = false;
    const outcome = await synchronise({
      ...{ keychain, entries: this.#entries, wipe },
      quiet: !mayAsk,
      declined: this.#declined && !mayAsk,
      isOver: () => this.#closed,
      onSettled: (owner, isNews) => {
        settled = true;
        if (isNews) this.#changes.emit(owner);
      },
      onAsking: (title) => this.#tell({ kind: 'asking', title, why: `${title} shows a dialog and waits for you. Until then keys live in memory.` }),
    });
    if (this.#closed) return;
    if (outcome.kind === 'done') {
      this.#wipe = wipe ? false : this.#wipe;
      this.#wait = firstWait;
      this.#declined = false;
    } else {
      if (outcome.kind === 'locked' && outcome.declined) this.#declined = true;
      this.#later();
    }
    this.#tell(describe(outcome), settled);
  }

  /** Looks again by itself, without a dialog. */
  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#sync(), this.#wait);
    this.#timer.unref();
    this.#wait = Math.min(this.#wait * 2, longestWait);
  }

  #tell(state: KeychainState, isNews = false): void {
    const before = this.#state;
    this.#state = state;
    if (state.kind === 'asking') this.#asking.resolve();
    else if (before.kind === 'asking') this.#asking = Promise.withResolvers();
    if (isNews || before.kind !== state.kind || before.title !== state.title || before.why !== state.why) this.#states.emit(state);
  }
}

function describe(outcome: Outcome): KeychainState {
  if (outcome.kind === 'done') return { kind: 'kept', title: outcome.title };
  if (outcome.kind === 'absent') return { kind: 'absent', title: 'no keychain', why: outcome.why };
  const why = outcome.declined ? 'Its dialog was declined, or could not be shown. ' : '';
  return { kind: 'locked', title: outcome.title, why: `${why}Keys in it wait there, new ones live in memory. Unlock it; Forgehold then goes on by itself.` };
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}

export function createVault({ environment, keyNames, keychain, book = noBook, log }: VaultOptions): Vault {
  const entries = new KeyEntries(book);
  for (const [agent, names] of Object.entries(keyNames)) {
    for (const name of names) {
      const value = environment[name]?.trim();
      if (value) entries.give(agent, name, new Secret(value));
    }
  }
  // Two agents may know the same key: it is taken away when both have it.
  for (const name of Object.values(keyNames).flat()) delete environment[name];
  return new KeyVault(entries, { ...(keychain && environment['FORGEHOLD_KEYCHAIN'] !== 'off' && { keychain }), ...(log && { log }) });
}
