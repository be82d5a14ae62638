import { z } from 'zod';

/** To the helper process. A secret goes by this channel only: never as an argument or in its environment. */
export type KeychainRequest = { readonly id: number; readonly service: string } & (
  | { readonly op: 'probe' | 'peek' | 'list' }
  | { readonly op: 'read' | 'remove'; readonly account: string }
  | { readonly op: 'write'; readonly account: string; readonly secret: string }
);

/** `said`: the library's own words. */
export const answerSchema = z.discriminatedUnion('ok', [
  z.object({ id: z.int(), ok: z.literal(true), value: z.unknown() }),
  z.object({ id: z.int(), ok: z.literal(false), said: z.string() }),
]);
export type KeychainAnswer = z.infer<typeof answerSchema>;
