import { z } from 'zod';
import { terminalIdSchema, workspaceIdSchema, worktreeNameSchema } from '../model/ids.ts';
import { screenSchema, sizeSchema, terminalKindSchema, terminalSchema } from '../model/terminal.ts';
import { call, stream } from './define.ts';

const one = z.object({ terminalId: terminalIdSchema });

export const terminalCalls = {
  'terminals.open': call(
    "Opens the agent, or a shell, in a worktree. The worktree's agent that already runs is answered instead of a second one; one that has ended is resumed. A stopped workspace is started first.",
    z.object({ workspaceId: workspaceIdSchema, worktree: worktreeNameSchema.default('main'), kind: terminalKindSchema, size: sizeSchema.optional() }),
    terminalSchema,
  ),
  'terminals.list': call('All terminals, in the order they were opened.', z.object({ workspaceId: workspaceIdSchema.optional() }), z.array(terminalSchema)),
  'terminals.screen': call('The visible screen as plain text.', one, screenSchema),
  'terminals.send': call(
    'Types literal text (never key names), then Enter when asked.',
    one.extend({ text: z.string().max(65_536), enter: z.boolean().default(false) }),
    z.object({}),
  ),
  'terminals.paste': call(
    'Pastes text as one bracketed paste where the program asked for that.',
    one.extend({ text: z.string().max(8_388_608) }),
    z.object({}),
  ),
  'terminals.resize': call('Sets the size of a terminal.', one.extend({ size: sizeSchema }), z.object({})),
  'terminals.focus': call('Gives this terminal the foreground: its output goes ahead of all others of its workspace.', one, z.object({})),
  'terminals.close': call('Ends the program and closes its terminal; the folder stays.', one, z.object({})),
} as const;

export const terminalStreams = {
  'terminals.attach': stream(
    'The terminal itself: first a restore of screen and scrollback in colour, then live output; input the other way (`shared/model/terminal-stream.ts`).',
    one.extend({ size: sizeSchema.optional() }),
  ),
} as const;
