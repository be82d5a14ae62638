import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import headless from '@xterm/headless';
import { attachToCore } from '../../electron/ipc/attach.ts';
import type { Channel } from '../../shared/contract/channel.ts';
import type { Client } from '../../shared/contract/client.ts';
import { terminalTag } from '../../shared/model/terminal-stream.ts';
import { testEndpoint } from '../fixtures/engine.ts';
import { type LiveWorkspace, createLiveWorkspace } from '../fixtures/live-workspace.ts';
import { rawTtyExec } from '../fixtures/raw-exec.ts';
import { type Bench, type Row, pair, time } from './measure.ts';

const size = { cols: 80, rows: 24 };
const streamBytes = 100_000_000;
const flood = 'while :; do seq 1 100000; done';
/** Of a user's shell, and of root's. */
const prompt = /[$#] /;

/** The product as its clients have it, over the unix socket: what core, tmux and engine cost over the engine's own TTY. */
export const bench: Bench = async () => {
  const live = await createLiveWorkspace();
  const client = await attachToCore(live.core.data);
  try {
    const place: Place = { live, client, socket: engineSocket() };
    return [...(await openings(place)), ...(await echoes(place)), ...(await streams(place))];
  } finally {
    client.close();
    await live.end();
  }
};

type Place = { readonly live: LiveWorkspace; readonly client: Client; readonly socket: string };

function engineSocket(): string {
  const endpoint = testEndpoint();
  if (endpoint.kind !== 'socket') throw new Error('The raw baseline speaks to an engine on a unix socket only.');
  return endpoint.path;
}

/** From the wish for a shell to its first prompt. */
async function openings(place: Place): Promise<readonly Row[]> {
  const opens = await pair(
    15,
    async () => {
      const start = performance.now();
      const shell = await open(place);
      await shell.until(() => prompt.test(shell.text()));
      const taken = performance.now() - start;
      await shell.close();
      return taken;
    },
    async () => {
      const start = performance.now();
      const raw = await openRaw(place, ['bash', '-l']);
      await raw.until(() => prompt.test(raw.text()));
      const taken = performance.now() - start;
      raw.socket.end('exit\r');
      return taken;
    },
  );
  return [{ what: 'open a shell, to its prompt', ...opens, unit: 'ms', baseline: 'exec with a TTY' }];
}

async function echoes(place: Place): Promise<readonly Row[]> {
  const shell = await open(place);
  await shell.command('stty raw -echo; exec cat');
  const raw = await openRaw(place, ['bash', '-c', 'stty raw -echo; printf ready; exec cat']);
  await raw.until(() => raw.text().includes('ready'));
  const tmux = await openRaw(place, ['tmux', '-L', 'bench', '-f', '/dev/null', 'new-session', 'stty raw -echo; exec cat']);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await place.client.call('terminals.focus', { terminalId: shell.terminalId });
  const quiet = await pair(
    200,
    () => echo(shell),
    () => echo(raw),
  );
  const attached = await pair(
    200,
    () => echo(shell),
    () => echo(tmux),
  );
  const loud = await open(place);
  loud.channel.end();
  const viewer = watch(place, loud.terminalId);
  await place.client.call('terminals.send', { terminalId: loud.terminalId, text: flood, enter: true });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const flooded = await pair(
    200,
    () => echo(shell),
    () => echo(raw),
  );
  viewer.kill('SIGTERM');
  await once(viewer, 'exit');
  await place.client.call('terminals.close', { terminalId: loud.terminalId });
  await shell.close();
  raw.socket.destroy();
  tmux.socket.write('\u0002&y');
  tmux.socket.end();
  return [
    { what: 'a key and its echo', ...quiet, unit: 'ms', baseline: 'exec with a TTY' },
    { what: 'a key and its echo', ...attached, unit: 'ms', baseline: 'tmux attach in an exec' },
    { what: 'a key and its echo while another pane floods', ...flooded, unit: 'ms', baseline: 'exec with a TTY, same flood' },
  ];
}

async function streams(place: Place): Promise<readonly Row[]> {
  const make = `base64 -w 100 /dev/urandom | head -c ${streamBytes} > /tmp/stream`;
  const shell = await open(place);
  await shell.command(`${make}; stty raw -echo; while read -rn1; do cat /tmp/stream; done`, 60_000);
  const raw = await openRaw(place, ['bash', '-c', 'stty raw -echo; printf ready; while read -rn1; do cat /tmp/stream; done']);
  await raw.until(() => raw.text().includes('ready'));
  const rates = await pair(
    3,
    () => rate(shell),
    () => rate(raw),
  );
  const parsed: number[] = [];
  const sample = Buffer.from(`${'0123456789'.repeat(10)}\n`.repeat(10_000));
  for (let round = 0; round < 3; round += 1) parsed.push(await parseRate(sample));
  await shell.close();
  raw.socket.destroy();
  return [
    { what: '100 MB through attach', ...rates, unit: 'MB/s', baseline: 'exec with a TTY' },
    { what: '100 MB through attach', ours: rates.ours, raw: parsed, unit: 'MB/s', baseline: 'what xterm can parse' },
  ];
}

/** Something that is typed to, and that counts what comes back. */
type Line = { readonly type: (text: string) => void; readonly seen: () => number; readonly until: (holds: () => boolean, ms?: number) => Promise<void> };

async function echo(line: Line): Promise<number> {
  const before = line.seen();
  return time(() => {
    line.type('x');
    return line.until(() => line.seen() > before);
  });
}

async function rate(line: Line): Promise<number> {
  const before = line.seen();
  const taken = await time(() => {
    line.type('x');
    return line.until(() => line.seen() >= before + streamBytes, 120_000);
  });
  return streamBytes / 1e6 / (taken / 1_000);
}

async function parseRate(sample: Buffer): Promise<number> {
  const terminal = new headless.Terminal({ ...size, scrollback: 10_000, allowProposedApi: true });
  const rounds = 20;
  const taken = await time(async () => {
    for (let round = 0; round < rounds; round += 1) await new Promise<void>((resolve) => terminal.write(sample, resolve));
  });
  terminal.dispose();
  return (rounds * sample.length) / 1e6 / (taken / 1_000);
}

/** Keeps the beginning as text, counts the rest, and wakes who waits at each piece. */
class Meter {
  #text = '';
  #seen = 0;
  #wake: () => void = () => {};

  readonly take = (bytes: Uint8Array): void => {
    this.#seen += bytes.length;
    if (this.#text.length < 100_000) this.#text += Buffer.from(bytes).toString();
    this.#wake();
  };
  readonly text = (): string => this.#text;
  readonly seen = (): number => this.#seen;

  readonly until = async (holds: () => boolean, ms = 20_000): Promise<void> => {
    const deadline = performance.now() + ms;
    while (!holds()) {
      if (performance.now() > deadline) throw new Error(`Waited in vain; ${this.#seen} bytes came, the first: ${this.#text.slice(0, 300)}`);
      const timer = setTimeout(() => this.#wake(), 1_000);
      await new Promise<void>((resolve) => (this.#wake = resolve));
      clearTimeout(timer);
    }
  };
}

type Shell = Line & {
  readonly terminalId: string;
  readonly channel: Channel;
  readonly text: () => string;
  /** Types a line that in the end prints nothing, and waits until it is under way. */
  readonly command: (line: string, ms?: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

async function open({ live, client }: Place): Promise<Shell> {
  const { terminalId } = await client.call('terminals.open', { workspaceId: live.workspaceId, worktree: 'main', kind: 'shell', size });
  const channel = client.open('terminals.attach', { terminalId, size });
  const meter = new Meter();
  channel.onData((bytes) => {
    if (bytes[0] === terminalTag.output || bytes[0] === terminalTag.restore) meter.take(bytes.subarray(1));
  });
  const type = (text: string): void => void channel.write(Buffer.from(text));
  return {
    ...{ terminalId, channel, type, seen: meter.seen, text: meter.text, until: meter.until },
    async command(line, ms) {
      await meter.until(() => prompt.test(meter.text()));
      type(`echo go$((20 + 2)); ${line.replace(/(while|exec)/, 'echo go$((30 + 3)); $1')}\r`);
      await meter.until(() => meter.text().includes('go33'), ms);
    },
    async close() {
      channel.end();
      await client.call('terminals.close', { terminalId });
    },
  };
}

async function openRaw({ live, socket: path }: Place, argv: readonly string[]): Promise<Line & { readonly socket: Socket; readonly text: () => string }> {
  const socket = await rawTtyExec(path, live.container, argv);
  const meter = new Meter();
  socket.on('data', meter.take);
  return { socket, type: (text) => void socket.write(text), seen: meter.seen, text: meter.text, until: meter.until };
}

/** Looks at a terminal from a process of its own, as a second window would. */
function watch({ live }: Place, terminalId: string): ChildProcess {
  const cli = join(import.meta.dirname, '../../electron/cli.ts');
  return spawn(process.execPath, [cli, 'attach', terminalId, '--data', live.core.data], { stdio: ['pipe', 'ignore', 'inherit'] });
}
