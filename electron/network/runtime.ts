import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { AppError } from '../../shared/errors.ts';
import type { Engine } from '../engine/types.ts';
import { type Refused, refusedFiles } from './configuration.ts';
import { type MapName, type Maps, mapNames, parseMap } from './maps.ts';

export const gatewayUid = 1234;
/** For one exchange with the gateway, in milliseconds: it answers in tens; a busy machine takes longer to start the program. */
const EXCHANGE_TIMEOUT = 15_000;

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

/** Files first, then the runtime's commands, in one exec. Throws `network/gateway-refused` when any command was not taken. */
export async function applyFiles(engine: Engine, gateway: string, files: Readonly<Record<string, string>>, commands: readonly string[]): Promise<void> {
  const all = commands.length === 0 ? files : { ...files, commands: `${commands.join('\n')}\n` };
  const result = await engine.exec(gateway, ['forge-apply'], { stdin: await packFiles(all), timeoutMs: EXCHANGE_TIMEOUT });
  const complaint = result.exitCode === 0 ? result.stdout.trim() : result.stderr.trim() || `status ${result.exitCode}`;
  if (complaint !== '') throw refused(complaint);
}

/** The maps as they are in the running gateway. */
export async function readMaps(engine: Engine, gateway: string): Promise<Maps> {
  const maps = await Promise.all(mapNames.map(async (name) => [name, parseMap(await ask(engine, gateway, `show map /cfg/${name}`))] as const));
  return Object.fromEntries(maps) as Record<MapName, ReadonlyMap<string, string>>;
}

/** Brings the address lists of the running gateway to `refused`: the host's own addresses change with its networks. */
export async function syncRefused(engine: Engine, gateway: string, refused: Refused): Promise<void> {
  const wanted = { 'refused.cidr': refused.unlessPrivate, 'never.cidr': refused.never };
  const commands: string[] = [];
  for (const [file, ranges] of Object.entries(wanted)) {
    const lines = (await ask(engine, gateway, `show acl /cfg/${file}`)).split('\n').filter((line) => line.startsWith('0x'));
    const present = new Set(lines.map((line) => line.trim().split(' ')[1] ?? ''));
    for (const range of ranges) if (!present.has(range)) commands.push(`add acl /cfg/${file} ${range}`);
    for (const range of present) if (!ranges.includes(range)) commands.push(`del acl /cfg/${file} ${range}`);
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

/** One line of commands to the runtime socket, and what it says. */
export async function ask(engine: Engine, gateway: string, line: string): Promise<string> {
  const result = await engine.exec(gateway, ['forge-runtime'], { stdin: `${line}\n`, timeoutMs: EXCHANGE_TIMEOUT });
  if (result.exitCode !== 0) throw refused(result.stderr.trim() || `status ${result.exitCode}`);
  return result.stdout;
}

function refused(answer: string): AppError {
  return new AppError('network/gateway-refused', 'The gateway did not take its rules. It is being started anew; try again in a moment.', {
    details: { answer: answer.slice(0, 500) },
  });
}
