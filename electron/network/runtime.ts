import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { AppError } from '../../shared/errors.ts';
import type { Engine } from '../engine/types.ts';
import { type Refused, refusedFiles } from './configuration.ts';
import { type MapName, type Maps, mapNames, parseMap } from './maps.ts';

export const gatewayUid = 1234;
/** For one exchange with the gateway, in milliseconds: it answers in tens; a busy machine takes longer to start the program. */
export const EXCHANGE_TIMEOUT = 15_000;

/** A connection through the gateway, as HAProxy lists it. */
export type LiveSession = { readonly pointer: string; readonly frontend: string; readonly sourcePort: number };

/** A tar of flat files, owned by the gateway. */
export async function packFiles(files: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) tar.entry({ name, mode: 0o600, uid: gatewayUid, gid: gatewayUid }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of Readable.from(tar)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** What `forge-apply` takes: files, and the runtime's commands. */
export function packChange(files: Readonly<Record<string, string>>, commands: readonly string[]): Promise<Uint8Array> {
  return packFiles(commands.length === 0 ? files : { ...files, commands: `${commands.join('\n')}\n` });
}

/** Files first, then the runtime's commands, in one exec. Throws `network/gateway-refused` when any command was not taken. */
export async function applyFiles(engine: Engine, gateway: string, files: Readonly<Record<string, string>>, commands: readonly string[]): Promise<void> {
  const result = await engine.exec(gateway, ['forge-apply'], { stdin: await packChange(files, commands), timeoutMs: EXCHANGE_TIMEOUT });
  const complaint = result.exitCode === 0 ? result.stdout.trim() : result.stderr.trim() || `status ${result.exitCode}`;
  if (complaint !== '') throw refusedBy(complaint);
}

const rangeFiles = ['refused.cidr', 'never.cidr'] as const;

/** What the running gateway judges by. */
export type Runtime = { readonly maps: Maps; readonly ranges: Readonly<Record<(typeof rangeFiles)[number], ReadonlySet<string>>> };

/** All in one exchange: to start a program in a container takes longer than the answer. Each answer ends with an empty line. */
export async function readRuntime(engine: Engine, gateway: string): Promise<Runtime> {
  const asked = [...mapNames.map((name) => `show map /cfg/${name}`), ...rangeFiles.map((name) => `show acl /cfg/${name}`)];
  const answer = await ask(engine, gateway, asked.join(';'));
  const answers = answer.split(/^\n/m);
  if (answers.length !== asked.length + 1) throw refusedBy(answer);
  const maps = Object.fromEntries(mapNames.map((name, index) => [name, parseMap(answers[index]!)])) as Record<MapName, ReadonlyMap<string, string>>;
  const [refused, never] = answers.slice(mapNames.length).map(parseList);
  return { maps, ranges: { 'refused.cidr': refused!, 'never.cidr': never! } };
}

/** The answer of `show acl`: `<pointer> <range>` a line. */
function parseList(answer: string): ReadonlySet<string> {
  const lines = answer.split('\n').filter((line) => line.startsWith('0x'));
  return new Set(lines.map((line) => line.trim().split(' ')[1] ?? ''));
}

/** Brings the address lists of the running gateway from `ranges` to `refused`: the host's own addresses change with its networks. */
export async function syncRefused(engine: Engine, gateway: string, ranges: Runtime['ranges'], refused: Refused): Promise<void> {
  const wanted = { 'refused.cidr': refused.unlessPrivate, 'never.cidr': refused.never };
  const commands: string[] = [];
  for (const file of rangeFiles) {
    for (const range of wanted[file]) if (!ranges[file].has(range)) commands.push(`add acl /cfg/${file} ${range}`);
    for (const range of ranges[file]) if (!wanted[file].includes(range)) commands.push(`del acl /cfg/${file} ${range}`);
  }
  if (commands.length > 0) await applyFiles(engine, gateway, refusedFiles(refused), [commands.join(';')]);
}

export async function readSessions(engine: Engine, gateway: string): Promise<readonly LiveSession[]> {
  const answer = await ask(engine, gateway, 'show sess');
  const found = answer.matchAll(/^(0x[0-9a-f]+): proto=\S+ src=\S*:(\d+) fe=(\S+)/gm);
  return [...found].map(([, pointer, port, frontend]) => ({ pointer: pointer!, sourcePort: Number(port), frontend: frontend! }));
}

export async function endSessions(engine: Engine, gateway: string, sessions: readonly LiveSession[]): Promise<void> {
  for (let at = 0; at < sessions.length; at += 200)
    // One that has ended by itself answers "No such session": what was wanted.
    await ask(
      engine,
      gateway,
      sessions
        .slice(at, at + 200)
        .map(({ pointer }) => `shutdown session ${pointer}`)
        .join(';'),
    );
}

/** The container itself waits for the socket, up to 2 s: asking again and again would cost a program's start each time. */
const whenListening = 'for n in $(seq 100); do [ ! -S /tmp/haproxy.sock ] || break; sleep 0.02; done; exec forge-runtime';

/** Whether the gateway answers. Throws as `ask` does when it does not yet. */
export async function isReady(engine: Engine, gateway: string): Promise<boolean> {
  return (await ask(engine, gateway, 'show info', ['sh', '-c', whenListening])).includes('Name: HAProxy');
}

/** One line of commands to the runtime socket, and what it says. */
async function ask(engine: Engine, gateway: string, line: string, argv: readonly string[] = ['forge-runtime']): Promise<string> {
  const result = await engine.exec(gateway, argv, { stdin: `${line}\n`, timeoutMs: EXCHANGE_TIMEOUT });
  if (result.exitCode !== 0) throw refusedBy(result.stderr.trim() || `status ${result.exitCode}`);
  return result.stdout;
}

export function refusedBy(answer: string): AppError {
  return new AppError('network/gateway-refused', 'The gateway did not take its rules. It is being started anew; try again in a moment.', {
    details: { answer: answer.slice(0, 500) },
  });
}
