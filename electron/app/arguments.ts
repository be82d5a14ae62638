import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { isLink, linkScheme, longestLink } from './deep-links.ts';

/** Something that was named to the app: on its command line, by a file manager, by the dock. */
export type Asked = { readonly kind: 'link'; readonly text: string } | { readonly kind: 'path'; readonly path: string };

/** What a command line of the desktop app says. */
export type Start = {
  /** Absolute; null: the usual data folder. */
  readonly data: string | null;
  /** No window of its own accord: started with the user's session. */
  readonly background: boolean;
  /** The process before this one failed, and had this one started. */
  readonly afterFault: boolean;
  readonly asked: readonly Asked[];
};

/** More than anybody opens at once. */
const most = 20;

/**
 * In characters, of a whole command line. A further start hands its arguments to the first twice, as Chromium does and as we do, in
 * one message of 32 kB at most (`kMaxMessageLength` of Chromium's process_singleton_posix.cc). The first never answers a longer one,
 * and Chromium ends a first instance that does not answer: a long link on a page would end the app.
 */
const longestWhole = 12_000;

/** The arguments in a length that can be handed over; null when they have it. An over-long one becomes a link that is refused. */
export function shorten(argv: readonly string[]): readonly string[] | null {
  if (lengthOf(argv) <= longestWhole) return null;
  const cut = argv.map((argument) => (argument.length > longestLink ? `${linkScheme}://too-long` : argument));
  let room = longestWhole;
  return cut.filter((argument) => (room -= argument.length + 1) >= 0);
}

function lengthOf(argv: readonly string[]): number {
  return argv.reduce((sum, argument) => sum + argument.length + 1, 0);
}

/**
 * The app's own arguments in `process.argv`, without the program. A run from a checkout (`electron [switches] FOLDER …`) has the
 * app's folder before them, as the first that is no switch.
 */
export function takeOwn(argv: readonly string[], fromCheckout: boolean): readonly string[] {
  const [, ...rest] = argv;
  if (!fromCheckout) return rest;
  const app = rest.findIndex((argument) => !argument.startsWith('-'));
  return app < 0 ? rest : rest.toSpliced(app, 1);
}

/**
 * Reads the app's own arguments: `--data DIR`, `--background`, folders and addresses; after `--` there are only folders and
 * addresses. Chromium's and the system's switches stand among them and are passed over, as is what follows `-psn_…` on macOS.
 * It never fails: nobody sees what a program that was started from a desktop prints.
 *
 * @param cwd of the process that was given them: a second instance has its own
 */
export function readArguments(own: readonly string[], cwd: string): Start {
  const asked: Asked[] = [];
  let data: string | null = null;
  let background = false;
  let afterFault = false;
  let named = false;
  for (let at = 0; at < own.length; at += 1) {
    const argument = own[at]!;
    if (named || !argument.startsWith('-')) {
      if (argument !== '') asked.push(readAsked(argument, cwd));
    } else if (argument === '--') named = true;
    else if (argument === '--background') background = true;
    else if (argument === '--after-fault') afterFault = true;
    else if (argument.startsWith('--data=')) data = toPath(argument.slice('--data='.length), cwd) ?? data;
    else if (argument === '--data') {
      data = toPath(own[at + 1] ?? '', cwd) ?? data;
      at += 1;
    }
  }
  return { data, background, afterFault, asked: asked.slice(0, most) };
}

/** File managers name what is opened by `file:` addresses. */
function readAsked(argument: string, cwd: string): Asked {
  if (!isLink(argument)) return { kind: 'path', path: resolve(cwd, argument) };
  const path = /^file:/i.test(argument) ? pathOf(argument) : null;
  return path === null ? { kind: 'link', text: argument } : { kind: 'path', path };
}

/** Null for a file of another machine, and what is no address of a file at all. */
function pathOf(address: string): string | null {
  try {
    return fileURLToPath(address);
  } catch {
    // It is refused as a link is, with a sentence.
    return null;
  }
}

function toPath(given: string, cwd: string): string | null {
  return given === '' ? null : resolve(cwd, given);
}

const handedSchema = z.object({ own: z.array(z.string().max(longestWhole)).max(1000), cwd: z.string().max(4096) });
/** What a second instance hands to the first: its arguments as they were, which Chromium else puts in another order. */
export type Handed = z.infer<typeof handedSchema>;

/** Null when it comes from something else than an instance of ours. */
export function readHanded(handed: unknown): Start | null {
  const parsed = handedSchema.safeParse(handed);
  return parsed.success ? readArguments(parsed.data.own, parsed.data.cwd) : null;
}
