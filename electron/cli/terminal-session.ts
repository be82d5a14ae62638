import type { Client } from '../../shared/contract/client.ts';
import { terminalNoticeSchema, terminalTag } from '../../shared/model/terminal-stream.ts';
import { type Size, sizeSchema } from '../../shared/model/terminal.ts';

/** Before a restore: soft reset, screen and scrollback cleared, cursor home. */
const clear = '\x1b[!p\x1b[2J\x1b[3J\x1b[H';
/** What a program may have switched on: alternate screen, hidden cursor, mouse, focus, bracketed paste, application keys, kitty and modifyOtherKeys keyboards, colours. */
const undo = '\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1006l\x1b[?2004l\x1b[?1l\x1b>\x1b[<u\x1b[>4;0m\x1b[0m\r\n';

/**
 * Joins this terminal with one of Forgehold's until the leave key (a control character), the end of the input, or the end of the stream.
 * The program in it goes on. Throws what the stream ends with.
 */
export async function attachTerminal(client: Client, terminalId: string, leaveKey: number): Promise<void> {
  const { stdin } = process;
  const size = readSize();
  const channel = client.open('terminals.attach', size ? { terminalId, size } : { terminalId });
  function leave(): void {
    channel.end();
  }
  function resize(): void {
    const size = readSize();
    // The terminal may end in this very moment; then the stream says so.
    if (size) void client.call('terminals.resize', { terminalId, size }).catch(() => {});
  }
  channel.onData((bytes) => show(bytes, resize));
  stdin.on('data', (bytes: Buffer) => {
    const leaves = stdin.isTTY ? bytes.indexOf(leaveKey) : -1;
    // The next keys wait until the core has taken these.
    stdin.pause();
    channel.write(leaves === -1 ? bytes : bytes.subarray(0, leaves)).then(() => (leaves === -1 ? void stdin.resume() : leave()), leave);
  });
  stdin.on('end', leave);
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.on(signal, leave);
  process.on('SIGWINCH', resize);
  const restoreTty = enterRawMode();
  process.on('exit', restoreTty);
  try {
    await channel.closed;
  } finally {
    process.off('SIGWINCH', resize);
    restoreTty();
    stdin.pause();
  }
}

/** Answers what puts the user's terminal back; harmless when called twice, and when there is no terminal. */
function enterRawMode(): () => void {
  const { stdin, stdout } = process;
  if (!stdin.isTTY) return () => {};
  let isRaw = true;
  stdin.setRawMode(true);
  return () => {
    if (!isRaw) return;
    isRaw = false;
    stdin.setRawMode(false);
    stdout.write(undo);
  };
}

/** Null when this is no terminal, or one of a size that panes cannot have. */
function readSize(): Size | null {
  const { columns, rows } = process.stdout;
  const parsed = sizeSchema.safeParse({ cols: columns, rows });
  return parsed.success ? parsed.data : null;
}

async function show(message: Uint8Array, onGoOn: () => void): Promise<void> {
  const payload = message.subarray(1);
  // Older scrollback (history) cannot be put above what a terminal already shows.
  if (message[0] === terminalTag.output) await write(payload);
  else if (message[0] === terminalTag.restore) await write(Buffer.concat([Buffer.from(clear), payload]));
  else if (message[0] === terminalTag.notice) {
    const notice = terminalNoticeSchema.parse(JSON.parse(Buffer.from(payload).toString()));
    // What was there before comes again with the restore that follows its end.
    if (notice.kind === 'paused' && notice.paused)
      process.stderr.write('\r\nIts workspace is paused and takes nothing in. "forgehold workspace resume" lets it go on.\r\n');
    // A size that was asked for meanwhile was not heard.
    if (notice.kind === 'paused' && !notice.paused) onGoOn();
    if (notice.kind === 'exited')
      process.stderr.write(`\r\nThe program has ended${notice.exitCode === undefined ? '' : ` with status ${notice.exitCode}`}.\r\n`);
  }
}

/** Waits for a slow terminal, so that the core does too. */
function write(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(bytes, () => resolve());
  });
}
