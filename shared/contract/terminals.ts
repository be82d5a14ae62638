import { z } from 'zod';
import { agentTypeSchema } from '../model/agent.ts';
import { hostPathSchema, projectIdSchema, terminalIdSchema, workspaceIdSchema, worktreeNameSchema } from '../model/ids.ts';
import { screenSchema, sizeSchema, terminalColoursSchema, terminalKindSchema, terminalSchema } from '../model/terminal.ts';
import { call, stream } from './define.ts';

const one = z.object({ terminalId: terminalIdSchema });

const how = {
  worktree: worktreeNameSchema.default('main'),
  kind: terminalKindSchema,
  /** Go on with its last session, with a copy of that one, or begin anew. `fork` and `new` open a second agent beside one that runs. */
  session: z.enum(['resume', 'fork', 'new']).default('resume'),
  size: sizeSchema.optional(),
};

export const terminalCalls = {
  'terminals.open': call(
    "Opens the agent, or a shell, in a worktree. The worktree's agent that already runs is answered instead of a second one, unless a fork or a new session is asked for; one that has ended is resumed. A stopped workspace is started first. With a project or folder and an agent instead of a workspace, the one that there is for both is taken, or made.",
    z.union([
      z.object({ workspaceId: workspaceIdSchema, ...how }),
      z.object({ projectId: projectIdSchema, agent: agentTypeSchema, ...how }),
      /** A folder of the host, which becomes a project if it is none. */
      z.object({ path: hostPathSchema, agent: agentTypeSchema, ...how }),
    ]),
    terminalSchema,
  ),
  'terminals.list': call('All terminals, in the order they were opened.', z.object({ workspaceId: workspaceIdSchema.optional() }), z.array(terminalSchema)),
  'terminals.screen': call('The visible screen as plain text.', one, screenSchema),
  'terminals.send': call(
    'Types literal text (never key names), then, when asked, Enter: as soon as the program has shown the text.',
    one.extend({ text: z.string().max(65_536), enter: z.boolean().default(false) }),
    z.object({}),
  ),
  'terminals.paste': call(
    'Pastes text as one bracketed paste where the program asked for that.',
    one.extend({ text: z.string().max(8_388_608) }),
    z.object({}),
  ),
  'terminals.resize': call('Sets the size of a terminal.', one.extend({ size: sizeSchema }), z.object({})),
  'terminals.focus': call(
    'Gives this terminal the foreground: its output goes ahead of all others of its workspace. Programs that ask for colours are told those of whoever looked last.',
    one.extend({ colours: terminalColoursSchema.optional() }),
    z.object({}),
  ),
  'terminals.close': call('Ends the program and closes its terminal; the folder stays.', one, z.object({})),
} as const;

/** A message of `terminals.watch`: the visible rows, top to bottom, without colours, right-trimmed. */
export const watchedScreenSchema = z.object({ lines: z.array(z.string()) });

export const terminalStreams = {
  'terminals.watch': stream('The visible screen as plain text, once and after each output: JSON messages, at most every 400 ms.', one),
  'terminals.attach': stream(
    'The terminal itself: first a restore of screen and scrollback in colour, then live output; input the other way (`shared/model/terminal-stream.ts`).',
    one.extend({ size: sizeSchema.optional() }),
  ),
} as const;
