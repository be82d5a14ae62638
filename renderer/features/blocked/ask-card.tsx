import type { ReactNode } from 'react';
import { plural } from '../../../shared/format.ts';
import { describeReason } from '../../../shared/words.ts';
import { keyLabel } from '../../lib/keys.ts';
import { Host } from '../../ui/host.tsx';
import { Icon } from '../../ui/icon.tsx';
import { problemText } from '../../ui/problem.tsx';
import { AnswerButtons, PrivateWarning } from './answer-buttons.tsx';
import { answerKeys } from './answers.ts';
import { type Ask, foldAsks } from './asks.ts';
import { useAnswer } from './use-answer.ts';
import { useCardKeys } from './use-card-keys.ts';
import styles from '../workspace/workspace.module.css';

type Props = { readonly workspaceId: string; readonly ask: Ask; /** How many wait behind it. */ readonly more: number };

/** One blocked name and its answers. */
export function AskCard({ workspaceId, ask, more }: Props): ReactNode {
  const { blocked, left } = ask;
  const answering = useAnswer(workspaceId, blocked);
  const { can, give, error } = answering;
  const { isDeaf, ...card } = useCardKeys({ ...answerKeys(can, (answer) => void give(answer)), Escape: () => foldAsks(workspaceId) });
  const tries = plural(blocked.tries, 'try', 'tries');
  return (
    <div className={`pop ${styles.ask}`} role="group" aria-live="polite" aria-label="Blocked domain" data-blocked-card data-region="blocked" {...card}>
      <div className="row">
        <span className="bad row">
          <Icon name="block" />
          <span className="med">Blocked</span>
        </span>
        <span className="end faint xs num">
          {[more > 0 && `${more.toLocaleString('en')} more`, left !== null && `asks for ${Math.ceil(left / 10_000) * 10} s`].filter(Boolean).join(', ')}
        </span>
      </div>
      <p>
        <Host host={blocked.host} port={blocked.port} />
      </p>
      <p className="sm dim">
        {blocked.program ? (
          <>
            <bdi>{blocked.program}</bdi>, {tries} <span className="faint">(as the container reports)</span>
          </>
        ) : (
          `${describeReason(blocked.reason)}, ${tries}`
        )}
      </p>
      <PrivateWarning can={can} />
      {error ? (
        <p className="sm bad selectable" role="alert">
          {problemText(error)}
        </p>
      ) : null}
      <div className={styles.answers}>
        <AnswerButtons answering={answering} onGive={async (answer) => !isDeaf() && give(answer)} />
      </div>
      <p className={`xs faint ${styles.quietKeys}`}>
        <kbd>{keyLabel('answer')}</kbd> then a key answers, <kbd>esc</kbd> later. Typing goes to your terminal.
      </p>
    </div>
  );
}
