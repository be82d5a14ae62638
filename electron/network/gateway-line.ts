import type { ExecSession } from '../engine/exec-types.ts';
import type { Engine } from '../engine/types.ts';
import { EXCHANGE_TIMEOUT, packChange, refusedBy } from './runtime.ts';
import type { WallLog } from './types.ts';

/** An answer is some complaints of the runtime. */
const MAX_ANSWER = 1024 * 1024;

/** Brings changes to a running gateway over one program that stays there, begun with the first of them. One change at a time. */
export class GatewayLine {
  readonly #engine: Pick<Engine, 'openExec'>;
  readonly #gateway: string;
  readonly #log: WallLog;
  #session: ExecSession | null = null;
  #closed = false;

  constructor(engine: Pick<Engine, 'openExec'>, gateway: string, log: WallLog) {
    this.#engine = engine;
    this.#gateway = gateway;
    this.#log = log;
  }

  /**
   * Files first, then the runtime's commands. False: the line was lost, and how much was taken must be asked.
   * Throws `network/gateway-refused` when any command was not taken.
   */
  async apply(files: Readonly<Record<string, string>>, commands: readonly string[]): Promise<boolean> {
    const change = await packChange(files, commands);
    const answer = await this.#exchange(change).catch(async (error: unknown) => {
      this.#log.debug({ error, gateway: this.#gateway }, 'The line to a gateway broke');
      await this.#hangUp();
      return null;
    });
    if (answer === null) return false;
    const [, complaint, status] = /^(.*)\nend (\d+)\n$/s.exec(answer)!;
    if (status !== '0' || complaint!.trim() !== '') throw refusedBy(complaint!.trim() || `status ${status}`);
    return true;
  }

  close(): void {
    this.#closed = true;
    void this.#hangUp();
  }

  async #exchange(change: Uint8Array): Promise<string> {
    const session = this.#session ?? (await this.#open());
    if (this.#closed) throw new Error('The line is closed.');
    const answered = readAnswer(session);
    session.stream.write(Buffer.concat([Buffer.from(`${change.length}\n`), change]));
    return answered;
  }

  /** A program that ended while nothing was asked of it is followed by another. */
  async #open(): Promise<ExecSession> {
    const session = await this.#engine.openExec(this.#gateway, ['forge-apply', 'stay']);
    this.#session = session;
    session.stderr.resume();
    void session.exited.then(() => {
      if (this.#session === session) this.#session = null;
    });
    return session;
  }

  /** Its program ends before anything else is done to the gateway. */
  async #hangUp(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await session?.close().catch((error: unknown) => this.#log.debug({ error, gateway: this.#gateway }, 'The program of a line could not be ended'));
  }
}

function readAnswer({ stream }: ExecSession): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = '';
  const take = (bytes: Buffer): void => {
    text += bytes.toString();
    if (/(?:^|\n)end \d+\n$/.test(text)) resolve(text);
    else if (text.length > MAX_ANSWER) reject(new Error('The answer has no end.'));
  };
  const timer = setTimeout(() => reject(new Error('No answer in time.')), EXCHANGE_TIMEOUT);
  const lose = (): void => reject(new Error('The program has ended.'));
  stream.on('data', take).on('end', lose).on('close', lose);
  return promise.finally(() => {
    clearTimeout(timer);
    stream.off('data', take).off('end', lose).off('close', lose);
  });
}
