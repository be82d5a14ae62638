import { z } from 'zod';
import { terminalIdSchema, worktreeNameSchema } from '../../shared/model/ids.ts';
import { type Size, sizeSchema, type Terminal, terminalKindSchema } from '../../shared/model/terminal.ts';

/** What tmux knows of a pane of ours. The agent can write all of it, so it is parsed like any other input. */
const paneFactsSchema = z.object({
  pane: z.int().min(0),
  window: z.int().min(0),
  dead: z.boolean(),
  exitCode: z.int().optional(),
  size: z.object({ cols: z.int().min(1), rows: z.int().min(1) }),
  terminalId: terminalIdSchema,
  worktree: worktreeNameSchema,
  kind: terminalKindSchema,
  /** Milliseconds since the epoch. */
  created: z.int().min(0).max(8.64e15),
  title: z.string(),
});
export type PaneFacts = z.infer<typeof paneFactsSchema>;

/** The title comes last: only it may hold anything. A new pane's title is the host's name, which says nothing. */
export const paneFormat = [
  '#{pane_id}',
  '#{window_id}',
  '#{pane_dead}',
  '#{pane_dead_status}',
  '#{pane_dead_signal}',
  '#{pane_width}',
  '#{pane_height}',
  '#{@forge-id}',
  '#{@forge-worktree}',
  '#{@forge-kind}',
  '#{@forge-created}',
  '#{?#{==:#{pane_title},#{host}},,#{=200:pane_title}}',
].join('|');

/** Null for a pane that is not ours, or that somebody made to look like it. */
export function parsePaneFacts(line: string): PaneFacts | null {
  const [pane = '', window = '', dead, status, signal, cols, rows, terminalId, worktree, kind, created, ...title] = line.split('|');
  const exitCode = status ? Number(status) : signal ? 128 + Number(signal) : undefined;
  const parsed = paneFactsSchema.safeParse({
    pane: Number(pane.slice(1)),
    window: Number(window.slice(1)),
    dead: dead === '1',
    ...(dead === '1' && exitCode !== undefined && { exitCode }),
    size: { cols: Number(cols), rows: Number(rows) },
    terminalId,
    worktree,
    kind,
    created: Number(created),
    title: cleanTitle(title.join('|')),
  });
  return parsed.success ? parsed.data : null;
}

export type Away = 'paused' | 'stopped' | 'unknown';
type Seen = { readonly workspaceId: string; readonly viewers: number; /** Why nobody can reach it now. */ readonly away: Away | null };

/** What the contract says of the terminal in a pane. */
export function describeTerminal(facts: PaneFacts, { workspaceId, viewers, away }: Seen): Terminal {
  const exited = { kind: 'exited' as const, ...(facts.exitCode !== undefined && { exitCode: facts.exitCode }) };
  const running = { kind: viewers > 0 ? ('connected' as const) : ('background' as const) };
  return {
    terminalId: facts.terminalId,
    workspaceId,
    worktree: facts.worktree,
    kind: facts.kind,
    title: facts.title,
    state: away ? { kind: away } : facts.dead ? exited : running,
    size: clampSize(facts.size),
    createdAt: new Date(facts.created).toISOString(),
  };
}

/**
 * Untrusted text for one line. tmux takes any APC string for a title, and programs ask with one whether images can be shown
 * (https://sw.kovidgoyal.net/kitty/graphics-protocol/#querying-support-and-available-transmission-mediums): that is no title.
 */
function cleanTitle(title: string): string {
  if (/^G[a-zA-Z]=[^;]*;/.test(title)) return '';
  // eslint-disable-next-line no-control-regex
  return title.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '').slice(0, 200);
}

/** A pane that somebody sized by hand may be outside what we allow; what we say of it stays inside. */
export function clampSize(size: Size): Size {
  const { cols, rows } = sizeSchema.shape;
  return { cols: clamp(size.cols, cols.minValue, cols.maxValue), rows: clamp(size.rows, rows.minValue, rows.maxValue) };
}

function clamp(value: number, low: number | null, high: number | null): number {
  return Math.min(high ?? value, Math.max(low ?? value, value));
}
