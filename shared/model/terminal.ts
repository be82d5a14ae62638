import { z } from 'zod';
import { terminalIdSchema, timeSchema, workspaceIdSchema, worktreeNameSchema } from './ids.ts';

export const terminalKindSchema = z.enum(['agent', 'shell']);
export type TerminalKind = z.infer<typeof terminalKindSchema>;

/** Columns and rows a pane may have: tmux hangs on absurd sizes, so they are refused at the door. */
export const sizeSchema = z.object({ cols: z.int().min(10).max(1000), rows: z.int().min(3).max(500) });
export type Size = z.infer<typeof sizeSchema>;

const colour = z.string().regex(/^#[0-9a-f]{6}$/, 'A colour is written like "#0d0e10".');

/** What a viewer draws text with where the program does not say: programs that ask are told these. */
export const terminalColoursSchema = z.object({ foreground: colour, background: colour });
export type TerminalColours = z.infer<typeof terminalColoursSchema>;

export const terminalStateSchema = z.discriminatedUnion('kind', [
  /** The program runs and somebody looks at it. */
  z.object({ kind: z.literal('connected') }),
  /** The program runs and nobody looks; our own control client is no viewer. */
  z.object({ kind: z.literal('background') }),
  /** The program has ended; its last screen stays. */
  z.object({ kind: z.literal('exited'), exitCode: z.int().optional() }),
  /** Its workspace is paused: the program stands still, and what is typed is refused. */
  z.object({ kind: z.literal('paused') }),
  /** Its container is stopped. */
  z.object({ kind: z.literal('stopped') }),
  /** The engine cannot be asked. */
  z.object({ kind: z.literal('unknown') }),
]);

export const terminalSchema = z.object({
  terminalId: terminalIdSchema,
  workspaceId: workspaceIdSchema,
  worktree: worktreeNameSchema,
  kind: terminalKindSchema,
  /** The pane's title as its program set it, control characters removed; untrusted. */
  title: z.string(),
  state: terminalStateSchema,
  size: sizeSchema,
  createdAt: timeSchema,
});
export type Terminal = z.infer<typeof terminalSchema>;

export const screenSchema = z.object({
  terminalId: terminalIdSchema,
  /** The visible rows, top to bottom, without colours, right-trimmed. */
  lines: z.array(z.string()),
  cursor: z.object({ x: z.int(), y: z.int(), visible: z.boolean() }),
  size: sizeSchema,
});
export type Screen = z.infer<typeof screenSchema>;
