import type { ZodError } from 'zod';
import {
  type ExtraNetwork,
  type MountOption,
  type OptionChanges,
  type OptionName,
  type WorkspaceOptions,
  workspaceOptionsSchema,
} from '../../../shared/model/options.ts';
import { joinWords, splitWords } from './argv.ts';
import { Unreadable, readLines, readNames, readPairs, writePairs } from './lines.ts';

/** A mount as it is being typed. */
export type MountDraft = { readonly source: string; readonly target: string; readonly readOnly: boolean; readonly confirmed: string };

type DraftValues = {
  readonly [K in OptionName]: K extends 'mounts'
    ? readonly MountDraft[]
    : K extends 'mode' | 'systemPackages' | 'skipPermissions'
      ? NonNullable<WorkspaceOptions[K]>
      : string;
};
/**
 * Options as they are being typed. An absent one is left to the weaker layers. Numbers, lines and argv are text here, as the user
 * wrote it, so that half of something can stand in a field.
 */
export type Draft = Partial<DraftValues>;
export type DraftValue<K extends OptionName> = DraftValues[K];

/** A sentence for each option that cannot be what is typed. */
export type Problems = { readonly [K in OptionName]?: string };

type Codec<K extends OptionName> = {
  readonly write: (value: NonNullable<WorkspaceOptions[K]>) => DraftValue<K>;
  /** What the schema is asked about. Throws `Unreadable`. */
  readonly read: (draft: DraftValue<K>) => unknown;
};

const same = { write: <T>(value: T): T => value, read: (draft: unknown): unknown => draft };
const trimmed = { write: (value: string): string => value, read: (draft: string): string => draft.trim() };
const pairs = { write: writePairs, read: readPairs };
const argv = { write: joinWords, read: readArgv };

/** A decimal comma is understood. */
function readNumber(text: string): number {
  const value = Number(text.trim().replace(',', '.'));
  if (text.trim() === '' || !Number.isFinite(value)) throw new Unreadable('Write a number.');
  return value;
}

function readArgv(text: string): readonly string[] {
  const read = splitWords(text);
  if ('problem' in read) throw new Unreadable(read.problem);
  return read.words;
}

function readMounts(drafts: readonly MountDraft[]): unknown {
  return drafts
    .filter((draft) => draft.source.trim() !== '')
    .map(({ source, target, readOnly, confirmed }) => ({
      source: source.trim(),
      ...(target.trim() === '' ? {} : { target: target.trim() }),
      readOnly,
      ...(confirmed.trim() === '' ? {} : { confirmed: confirmed.trim() }),
    }));
}

function writeMount({ source, target = '', readOnly, confirmed = '' }: MountOption): MountDraft {
  return { source, target, readOnly, confirmed };
}

/** A network a line, then the names it is known by there: `backend api.internal`. */
function readNetworks(text: string): unknown {
  return readLines(text).map((line) => {
    const [name, ...aliases] = readNames(line.text);
    return { name, aliases };
  });
}

function writeNetwork({ name, aliases }: ExtraNetwork): string {
  return [name, ...aliases].join(' ');
}

const codecs: { readonly [K in OptionName]: Codec<K> } = {
  mode: same,
  env: pairs,
  cpus: { write: String, read: readNumber },
  // Typed in GB, kept in MiB.
  memoryMb: { write: (value) => String(Number((value / 1024).toFixed(3))), read: (draft) => Math.round(readNumber(draft) * 1024) },
  pidsLimit: { write: String, read: readNumber },
  image: trimmed,
  command: argv,
  mounts: { write: (value) => value.map(writeMount), read: readMounts },
  caches: { write: (value) => value.join(' '), read: readNames },
  groups: { write: (value) => value.join(' '), read: readNames },
  networks: { write: (value) => value.map(writeNetwork).join('\n'), read: readNetworks },
  workingFolder: trimmed,
  labels: pairs,
  systemPackages: same,
  agentVersion: trimmed,
  skipPermissions: same,
  model: trimmed,
  extraArguments: argv,
  domains: { write: (value) => value.join('\n'), read: readNames },
};

export const optionNames = workspaceOptionsSchema.keyof().options;

/** Said instead of a schema's sentence about numbers. */
const ranges: Problems = {
  cpus: 'A number from 0.1 to 1024.',
  memoryMb: 'A number of GB from 0.25 to 4096.',
  pidsLimit: 'A whole number from 64 to 4,194,304.',
  agentVersion: 'One exact version, like 2.1.4.',
};

export function writeDraft(options: WorkspaceOptions): Draft {
  return Object.fromEntries(
    optionNames.flatMap((name) => {
      const value = options[name];
      return value === undefined ? [] : [[name, codecs[name].write(value as never)]];
    }),
  );
}

/** The options that a draft stands for, without those that have a problem. */
export function readDraft(draft: Draft): { readonly options: WorkspaceOptions; readonly problems: Problems } {
  const options: Record<string, unknown> = {};
  const problems: Record<string, string> = {};
  for (const name of optionNames) {
    const typed = draft[name];
    if (typed === undefined) continue;
    try {
      const parsed = workspaceOptionsSchema.shape[name].safeParse(codecs[name].read(typed as never));
      if (parsed.success) options[name] = parsed.data;
      else problems[name] = ranges[name] ?? sentenceOf(parsed.error);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      problems[name] = ranges[name] ?? error.message;
    }
  }
  return { options, problems };
}

/** A record's wrong key hides its sentence one level down. */
function sentenceOf({ issues }: Pick<ZodError, 'issues'>): string {
  const issue = issues[0]!;
  const where = typeof issue.path[0] === 'number' ? `Line ${issue.path[0] + 1}: ` : '';
  const words = issue.code === 'invalid_key' ? `${String(issue.path.at(-1))}: ${issue.issues[0]?.message}` : issue.message;
  return where + words;
}

/** What leads from one set of own options to another: null leaves an option to the weaker layers. */
export function changesOf(before: WorkspaceOptions, after: WorkspaceOptions): OptionChanges {
  const changed = optionNames.filter((name) => canonical(before[name]) !== canonical(after[name]));
  return Object.fromEntries(changed.map((name) => [name, after[name] ?? null]));
}

/** Equal for equal options: an order of names means nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
