import { z } from 'zod';
import { projectIdSchema, terminalIdSchema, workspaceIdSchema } from './ids.ts';

/** What the desktop shell remembers of this computer and its user; the installation's own settings are `settingsSchema`. */
export const shellSettingsSchema = z.strictObject({
  /** Of the window, its menus and dialogs. */
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** An icon in the menu bar or notification area, where the desktop has one. */
  tray: z.boolean().default(true),
  /** `attention`: something waits for an answer, failed or ended while the window is not in front. */
  notifications: z.enum(['attention', 'none']).default('attention'),
  /** Starts with the user's session, in the background. */
  openAtLogin: z.boolean().default(false),
  /** Where newer versions are looked for; `off`: nowhere. */
  updates: z.enum(['off', 'stable', 'preview']).default('stable'),
});
export type ShellSettings = z.infer<typeof shellSettingsSchema>;

export const updateStateSchema = z.discriminatedUnion('kind', [
  /** This build looks for none: it was not packaged, or the user switched it off. */
  z.object({ kind: z.literal('off'), reason: z.string() }),
  z.object({ kind: z.literal('current'), checkedAt: z.iso.datetime().optional() }),
  z.object({ kind: z.literal('checking') }),
  z.object({ kind: z.literal('available'), version: z.string() }),
  z.object({ kind: z.literal('downloading'), version: z.string(), percent: z.number().min(0).max(100) }),
  /** Installed when the app ends, or at once by `shell.update`. */
  z.object({ kind: z.literal('ready'), version: z.string() }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
]);
export type UpdateState = z.infer<typeof updateStateSchema>;

/** Whether the shell reaches its core. */
export const coreStateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('starting') }),
  /** `attached`: the core is another process's, and goes on without this window. */
  z.object({ kind: z.literal('live'), attached: z.boolean() }),
  /** It is tried again by itself. */
  z.object({ kind: z.literal('lost'), message: z.string() }),
]);
export type CoreState = z.infer<typeof coreStateSchema>;

export const shellStateSchema = z.object({
  platform: z.enum(['darwin', 'linux', 'win32']),
  version: z.string(),
  electron: z.string(),
  /** Whether the page draws the window's buttons itself: where the system draws none into a frameless window. */
  drawsControls: z.boolean(),
  maximized: z.boolean(),
  settings: shellSettingsSchema,
  core: coreStateSchema,
  update: updateStateSchema,
  /** Where the `forgehold` command of this app lies; null when it is not on the PATH. */
  command: z.string().nullable(),
});
export type ShellState = z.infer<typeof shellStateSchema>;

/**
 * Where somebody outside the page wants it to go: a menu, the tray, a notification, a link, a dropped folder, another start of the app.
 * An intent only leads to a place, or opens a sheet with its fields filled; nothing runs before the user says so there.
 */
export const intentSchema = z.discriminatedUnion('kind', [
  /** A name of `commands`; run as if picked in the palette. */
  z.object({ kind: z.literal('command'), id: z.string().max(64) }),
  z.object({ kind: z.literal('project'), projectId: projectIdSchema }),
  /** Its terminals, or the tab that is named. */
  z.object({
    kind: z.literal('workspace'),
    workspaceId: workspaceIdSchema,
    terminalId: terminalIdSchema.optional(),
    tab: z.literal('domains').optional(),
  }),
  /** The sheet that adds a project, with this folder or address in it. */
  z.object({ kind: z.literal('add'), place: z.string().max(4096) }),
  /** The sheet that makes a workspace of this project. */
  z.object({ kind: z.literal('create'), projectId: projectIdSchema }),
  /** Something was asked for that is not done; said in the window. */
  z.object({ kind: z.literal('refused'), message: z.string().max(500) }),
]);
export type Intent = z.infer<typeof intentSchema>;
