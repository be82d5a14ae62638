import { z } from 'zod';
import { intentSchema, shellSettingsSchema, shellStateSchema } from '../model/shell.ts';
import { call, event } from './define.ts';

const nothing = z.object({});

/** What the desktop shell does for its own page. The core knows none of it, and no other client reaches it. */
export const shellCalls = {
  'shell.state': call('What the page must know of the window around it.', nothing, shellStateSchema),
  'shell.set': call('Changes the given settings of the shell and keeps the rest.', z.strictObject(partialShape()), shellStateSchema),
  'shell.pick': call(
    "The system's dialog for one folder or file; null when it was cancelled.",
    z.object({ kind: z.enum(['folder', 'file']), title: z.string().max(200), startAt: z.string().max(4096).optional() }),
    z.object({ path: z.string().nullable() }),
  ),
  'shell.openExternal': call('Opens an http or https address in the browser of the user.', z.object({ url: z.string().max(8192) }), nothing),
  'shell.window': call('What a title bar does.', z.object({ action: z.enum(['minimize', 'maximize', 'close']) }), nothing),
  'shell.menu': call('Opens all menus as one, where the window has no menu bar.', nothing, nothing),
  'shell.offer': call(
    'The commands that the page offers now, by name; menus show the others as not available.',
    z.object({ commands: z.array(z.string().max(64)).max(500) }),
    nothing,
  ),
  'shell.takeIntents': call(
    'The intents that nobody has taken yet, oldest first. The page asks when it is ready, and at each `shell.intent`.',
    nothing,
    z.array(intentSchema),
  ),
  'shell.retry': call('Looks for the core at once; where none runs, starts one.', nothing, nothing),
  'shell.update': call('Looks for a newer version, fetches or installs it.', z.object({ action: z.enum(['check', 'download', 'install']) }), shellStateSchema),
  'shell.installCommand': call('Puts the `forgehold` command on the PATH.', nothing, z.object({ path: z.string() })),
  'shell.quit': call('Asks what becomes of working agents, then ends the app.', nothing, nothing),
} as const;

export const shellEvents = {
  'shell.changed': event('The state of the shell in its new form.', shellStateSchema),
  'shell.intent': event('An intent waits to be taken.', nothing),
} as const;

export type ShellCallName = keyof typeof shellCalls;
export type ShellCallInput<N extends ShellCallName> = z.input<(typeof shellCalls)[N]['input']>;
export type ShellCallRequest<N extends ShellCallName> = z.output<(typeof shellCalls)[N]['input']>;
export type ShellCallOutput<N extends ShellCallName> = z.output<(typeof shellCalls)[N]['output']>;
export type ShellEventName = keyof typeof shellEvents;
export type ShellEventPayload<N extends ShellEventName> = z.output<(typeof shellEvents)[N]['payload']>;

/** Without the defaults, which would fill in what is not given. */
function partialShape(): { [K in keyof typeof shellSettingsSchema.shape]: z.ZodOptional<ReturnType<(typeof shellSettingsSchema.shape)[K]['unwrap']>> } {
  return Object.fromEntries(Object.entries(shellSettingsSchema.shape).map(([name, schema]) => [name, schema.unwrap().optional()])) as ReturnType<
    typeof partialShape
  >;
}
