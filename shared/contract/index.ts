import type { z } from 'zod';
import { appCalls, appEvents } from './app.ts';
import { domainCalls, domainEvents } from './domains.ts';
import { keyCalls } from './keys.ts';
import { projectCalls } from './projects.ts';
import { terminalCalls, terminalStreams } from './terminals.ts';
import { workspaceCalls, workspaceStreams } from './workspaces.ts';

/** Grows whenever a client of the old contract could misread the new one. */
export const contractVersion = 4;

export const calls = { ...appCalls, ...projectCalls, ...workspaceCalls, ...keyCalls, ...domainCalls, ...terminalCalls } as const;
export const events = { ...appEvents, ...domainEvents } as const;
export const streams = { ...terminalStreams, ...workspaceStreams } as const;

export type CallName = keyof typeof calls;
export type EventName = keyof typeof events;
export type StreamName = keyof typeof streams;

/** What a caller passes (defaults may be left out), and what a handler receives (defaults filled in). */
export type CallInput<N extends CallName> = z.input<(typeof calls)[N]['input']>;
export type CallRequest<N extends CallName> = z.output<(typeof calls)[N]['input']>;
export type CallOutput<N extends CallName> = z.output<(typeof calls)[N]['output']>;
export type EventPayload<N extends EventName> = z.output<(typeof events)[N]['payload']>;
export type StreamInput<N extends StreamName> = z.input<(typeof streams)[N]['input']>;
export type StreamRequest<N extends StreamName> = z.output<(typeof streams)[N]['input']>;
