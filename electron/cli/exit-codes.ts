/** What the exit status says; documented in docs/cli.md. */
export const exitCodes = {
  0: 'done',
  1: 'failed: the sentence on standard error (with `--json`: `{"error":{code,message,details}}` on standard output) says why',
  2: 'the command line itself is wrong, a name fits several things, or an input is refused by its schema',
  3: 'no core runs for this data folder, or it cannot be reached',
  4: 'there is no such project, workspace, terminal, agent, …',
  5: 'refused: it needs `--yes`, `--discard` or another confirmation',
  130: 'interrupted by Ctrl-C; a creation was cancelled and leaves nothing',
} as const;

const byCode: readonly (readonly [RegExp, number])[] = [
  [/^cli\/(?:usage|ambiguous)$|^contract\//, 2],
  [/^core\/not-running$|^core\/stuck$/, 3],
  [/\/(?:unknown|not-found|no-folder|missing)$/, 4],
  [/\/(?:needs-confirmation|needs-discard|unpushed-work|work-unknown|refused|needs-root)$/, 5],
  [/\/(?:cancelled|interrupted)$/, 130],
];

export function exitCodeOf(code: string): number {
  return byCode.find(([pattern]) => pattern.test(code))?.[1] ?? 1;
}
