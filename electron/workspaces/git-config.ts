import { splitOnce } from './repository.ts';

/** One setting as `git config --list -z` prints it. */
type Setting = readonly [key: string, value: string];

/**
 * What is taken over from the user's repository: how the work tree's files are to be read (else `git status` would show
 * changes that there are none), remotes, upstreams and the author as data. Nothing that names a program, a file of the host or a secret.
 */
const taken: readonly RegExp[] = [
  /^core\.(filemode|ignorecase|precomposeunicode|symlinks|autocrlf|eol|safecrlf|sparsecheckout|sparsecheckoutcone|quotepath|abbrev|protecthfs|protectntfs|trustctime|checkstat)$/,
  /^index\.(sparse|version)$/,
  /^extensions\.partialclone$/,
  /^remote\..+\.(url|pushurl|fetch|push|tagopt|prune|promisor|partialclonefilter)$/s,
  /^branch\..+\.(remote|merge|pushremote|rebase|description)$/s,
  /^submodule\..+\.(url|active|branch|ignore)$/s,
  /^user\.(name|email)$/,
  /^(push\.default|push\.autosetupremote|pull\.rebase|pull\.ff|merge\.conflictstyle|diff\.renames|rebase\.autosquash|i18n\.commitencoding)$/,
];

/** Parses `git config --list -z`: `key\nvalue\0…`. */
export function parseConfig(text: string): readonly Setting[] {
  const entries = text.split('\0').filter((entry) => entry !== '');
  return entries.map((entry) => splitOnce(entry, '\n'));
}

/** The text of a fresh `config` for a git dir of our own. `settings`: the user's, in their order. */
export function writeConfig(settings: readonly Setting[], objectFormat: 'sha1' | 'sha256', workTree?: string): string {
  const kept = settings.filter(([key]) => taken.some((pattern) => pattern.test(key)));
  const extended = objectFormat === 'sha256' || kept.some(([key]) => key === 'extensions.partialclone');
  const own: Setting[] = [
    ['core.repositoryformatversion', extended ? '1' : '0'],
    ['core.bare', 'false'],
    ['core.logallrefupdates', 'true'],
    // Automatic collection would copy nothing (the objects are alternates), yet take its time.
    ['gc.auto', '0'],
  ];
  if (objectFormat === 'sha256') own.push(['extensions.objectformat', 'sha256']);
  if (workTree !== undefined) own.push(['core.worktree', workTree]);
  return [...own, ...kept.map(withoutSecret)].map(formatSetting).join('');
}

/** `https://user:token@host/…` keeps its host only: a password in a remote's URL is the user's. */
function withoutSecret([key, value]: Setting): Setting {
  if (!key.endsWith('url') || !/^[a-z+]+:\/\//i.test(value)) return [key, value];
  const [scheme, rest] = splitOnce(value, '://');
  const end = rest.search(/[/?#]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  const at = authority.lastIndexOf('@');
  if (at < 0) return [key, value];
  const user = authority.slice(0, at);
  const keptUser = /^https?$/i.test(scheme) ? '' : `${user.split(':')[0]}@`;
  return [key, `${scheme}://${keptUser}${authority.slice(at + 1)}${end < 0 ? '' : rest.slice(end)}`];
}

/** One setting in the syntax of a configuration file (git-config(1), "Syntax"); a section a line is ugly and right. */
export function formatSetting([key, value]: Setting): string {
  const [section] = splitOnce(key, '.');
  const last = key.lastIndexOf('.');
  const subsection = last > section.length ? key.slice(section.length + 1, last) : null;
  const header = subsection === null ? `[${section}]` : `[${section} "${subsection.replaceAll(/["\\]/g, '\\$&')}"]`;
  const quoted = value.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return `${header}\n\t${key.slice(last + 1)} = "${quoted}"\n`;
}
