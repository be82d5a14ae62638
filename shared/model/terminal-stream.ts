import { z } from 'zod';
import { sizeSchema } from './terminal.ts';

/**
 * What travels in the stream `terminals.attach`. Client to core: raw input bytes, nothing else.
 * Core to client: messages of one tag byte and the payload. A channel cuts what is longer than its `maxPiece`, and the tag would be
 * missing from the second piece, so a longer payload becomes several messages: output and history are cut anywhere (the last part of
 * a history chunk comes first), and a restore goes on as output.
 */
export const terminalTag = {
  /** Live output: VT bytes. */
  output: 0,
  /** A whole restore: the client resets its screen and scrollback, then writes these VT bytes. */
  restore: 1,
  /** JSON of `terminalNoticeSchema`. */
  notice: 2,
  /** Older scrollback, newest chunk first: VT lines that stand above all that was sent before. */
  history: 3,
} as const;
export type TerminalTag = (typeof terminalTag)[keyof typeof terminalTag];

export const terminalNoticeSchema = z.discriminatedUnion('kind', [
  /** The pane's size now, whoever set it. */
  z.object({ kind: z.literal('size'), size: sizeSchema }),
  /** Scrollback still to come, in lines. */
  z.object({ kind: z.literal('history'), have: z.int(), of: z.int() }),
  z.object({ kind: z.literal('exited'), exitCode: z.int().optional() }),
  /** Its workspace is paused, or goes on. While it is paused, input is dropped and the screen stays as it is; then comes a restore. */
  z.object({ kind: z.literal('paused'), paused: z.boolean() }),
]);
export type TerminalNotice = z.infer<typeof terminalNoticeSchema>;

export function tagged(tag: TerminalTag, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(payload.length + 1);
  bytes[0] = tag;
  bytes.set(payload, 1);
  return bytes;
}
