import { z } from 'zod';
import type { Decision } from '../../shared/model/domain.ts';
import { portSchema } from '../../shared/model/domain.ts';
import type { ExecSession } from '../engine/exec-types.ts';
import type { Engine } from '../engine/types.ts';
import { callerScript } from './caller-script.ts';
import type { WallLog } from './types.ts';

/** Who made a connection, as the container reports: untrusted text. */
export type Caller = Pick<Decision, 'program' | 'worktree'>;

/** Questions that wait at a time; what comes beyond them is not asked. */
const PENDING = 200;
/** For an answer, in milliseconds: it takes a few, on a busy machine some hundred. */
const PATIENCE = 10_000;
/** The program in the container ends when nothing was asked for so long. */
const IDLE = 60_000;
/** For so long a container is not asked again whose answers were none, or not to be had. */
const REST = 60_000;
/** The same after its program ended while nothing was asked, as with the container. */
const BRIEF_REST = 2_000;
/** An answer is shorter: a path is at most 4,096 bytes, six characters each when escaped. */
const LINE = 32_768;

const answerSchema = z.object({ source: portSchema, program: z.string().min(1).max(200).optional(), cwd: z.string().max(4096).optional() });

export type AttributionParts = {
  readonly engine: Pick<Engine, 'listContainers' | 'openExec'>;
  readonly workspaceId: string;
  /** Of the decision that `key` was given with. */
  readonly onCaller: (key: string, caller: Caller) => void;
  readonly log: WallLog;
};

/**
 * Asks a workspace's container who made a connection, through one program that runs there while there is something to ask. Whatever the
 * container answers, or does not, costs no more than these limits say; a connection that is gone by then has no answer.
 */
export class Attribution {
  readonly #parts: AttributionParts;
  /** Source port → keys of decisions. */
  readonly #pending = new Map<number, string[]>();
  #root: string | null = null;
  #session: ExecSession | null = null;
  /** Counts up with each program that is started or given up. */
  #run = 0;
  #isOpening = false;
  #restUntil = 0;
  #text = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: AttributionParts) {
    this.#parts = parts;
  }

  /** Where the project lies in the container. */
  set projectFolder(folder: string) {
    this.#root = folder;
  }

  /** Returns at once. */
  ask(key: string, source: number): void {
    if (performance.now() < this.#restUntil || this.#pending.size >= PENDING) return;
    const keys = this.#pending.get(source);
    if (keys !== undefined) {
      if (keys.length < PENDING) keys.push(key);
      return;
    }
    this.#pending.set(source, [key]);
    if (this.#pending.size === 1) this.#watch();
    if (this.#session !== null) this.#session.stream.write(`${source}\n`);
    else if (!this.#isOpening) void this.#open();
  }

  /** The container has stopped, or the app ends. It may be asked again. */
  end(rest = 0): void {
    this.#run += 1;
    this.#isOpening = false;
    clearTimeout(this.#timer);
    this.#pending.clear();
    this.#text = '';
    this.#restUntil = performance.now() + rest;
    this.#close(this.#session);
    this.#session = null;
  }

  async #open(): Promise<void> {
    const run = ++this.#run;
    const { engine, workspaceId, log } = this.#parts;
    this.#isOpening = true;
    try {
      const agents = await engine.listContainers({ workspaceId, role: 'agent' });
      const agent = agents.find(({ status }) => status === 'running');
      if (run !== this.#run) return;
      if (agent === undefined) return this.end();
      const session = await engine.openExec(agent.id, ['/usr/bin/python3', '-IS', '-c', callerScript], { workingDir: '/' });
      if (run !== this.#run) return this.#close(session);
      this.#use(session);
    } catch (error) {
      log.debug({ error, workspaceId }, 'A container could not be asked who made a connection');
      if (run === this.#run) this.end(REST);
    }
  }

  #use(session: ExecSession): void {
    this.#isOpening = false;
    this.#session = session;
    session.stderr.resume();
    session.stream.setEncoding('utf8').on('data', (text: string) => session === this.#session && this.#take(text));
    for (const event of ['end', 'close']) session.stream.once(event, () => session === this.#session && this.end(this.#pending.size > 0 ? REST : BRIEF_REST));
    session.stream.write([...this.#pending.keys()].map((source) => `${source}\n`).join(''));
  }

  #take(text: string): void {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop()!;
    for (const line of lines) if (!this.#answer(line)) return this.end(REST);
    if (this.#text.length > LINE) return this.end(REST);
    this.#watch();
  }

  /** False for what was not asked: whoever says that says anything. */
  #answer(line: string): boolean {
    const answer = line.length > LINE ? undefined : parse(line);
    const keys = answer && this.#pending.get(answer.source);
    if (answer === undefined || keys === undefined) return false;
    this.#pending.delete(answer.source);
    const program = answer.program?.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '').trim();
    if (program === undefined || program === '') return true;
    const isMain = this.#root !== null && answer.cwd !== undefined && `${answer.cwd}/`.startsWith(`${this.#root}/`);
    for (const key of keys) this.#parts.onCaller(key, { program, ...(isMain && { worktree: 'main' }) });
    return true;
  }

  /** Without an answer for long, or without a question, the program ends. */
  #watch(): void {
    clearTimeout(this.#timer);
    const isWaiting = this.#pending.size > 0;
    this.#timer = setTimeout(() => this.end(isWaiting ? REST : 0), isWaiting ? PATIENCE : IDLE).unref();
  }

  #close(session: ExecSession | null): void {
    const { log, workspaceId } = this.#parts;
    session?.close().catch((error: unknown) => log.debug({ error, workspaceId }, 'The program that tells who made a connection may still run'));
  }
}

function parse(line: string): z.infer<typeof answerSchema> | undefined {
  try {
    return answerSchema.safeParse(JSON.parse(line)).data;
  } catch {
    // No JSON: none of ours.
    return undefined;
  }
}
