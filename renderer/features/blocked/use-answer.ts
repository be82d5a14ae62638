import type { Answer as AnswerKind, Blocked } from '../../../shared/model/domain.ts';
import { canAllow } from '../../../shared/words.ts';
import { useClient } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';

export type Answering = {
  /** Whether a rule would let it out: `private`, when it says that private addresses are meant too. */
  readonly can: ReturnType<typeof canAllow>;
  /** Does nothing where no rule would let the name out, but to deny it. */
  readonly give: (answer: AnswerKind) => Promise<boolean>;
  /** Takes it off the list, without a rule. */
  readonly dismiss: () => Promise<boolean>;
  readonly busy: boolean;
  readonly error: unknown;
};

/** The answers to a blocked name, wherever it is shown. */
export function useAnswer(workspaceId: string, { host, port, reason }: Pick<Blocked, 'host' | 'port' | 'reason'>): Answering {
  const client = useClient();
  const action = useAction();
  const can = canAllow(reason);
  return {
    can,
    async give(answer) {
      const denies = answer === 'deny' || answer === 'deny-silently';
      if (can === 'no' && !denies) return false;
      return action.run(() => client.call('domains.answer', { workspaceId, host, port, answer, allowPrivate: !denies && can === 'private' }));
    },
    dismiss: () => action.run(() => client.call('domains.dismiss', { workspaceId, host })),
    busy: action.busy,
    error: action.error,
  };
}
