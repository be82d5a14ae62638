import { type ReactNode, useEffect, useRef } from 'react';
import type { Blocked } from '../../../shared/model/domain.ts';
import { describeReason } from '../../../shared/words.ts';
import { Button } from '../../ui/button.tsx';
import { Host } from '../../ui/host.tsx';
import { problemText } from '../../ui/problem.tsx';
import { AnswerButtons, PrivateWarning } from './answer-buttons.tsx';
import { answerKeys } from './answers.ts';
import { useAnswer } from './use-answer.ts';
import { useCardKeys } from './use-card-keys.ts';
import styles from './blocked.module.css';

type Props = {
  readonly workspaceId: string;
  readonly blocked: Pick<Blocked, 'host' | 'port' | 'reason'>;
  /** The rule that decided, when there is one to go to. */
  readonly onShowRule?: (() => void) | undefined;
  readonly onClose: () => void;
};

/** The answers to a blocked name that was asked for in a list, under it. It was asked for, so it takes the focus. */
export function AnswerPanel({ workspaceId, blocked, onShowRule, onClose }: Props): ReactNode {
  const panel = useRef<HTMLDivElement>(null);
  const answering = useAnswer(workspaceId, blocked);
  const { can, error } = answering;
  const denied = blocked.reason === 'denied';
  // The panel, not a button of it: the key that opened it may still be held down.
  useEffect(() => panel.current?.focus(), []);
  const give: typeof answering.give = async (answer) => {
    const done = await answering.give(answer);
    if (done) onClose();
    return done;
  };
  const letters: Readonly<Record<string, () => void>> = {
    ...(denied ? {} : answerKeys(can, (answer) => void give(answer))),
    ...(onShowRule && { r: onShowRule }),
    Escape: onClose,
  };
  const { isDeaf, ...keys } = useCardKeys(letters, { givesBack: false });
  return (
    <div ref={panel} className={styles.panel} role="group" aria-label={`Answer ${blocked.host}`} data-answer-panel tabIndex={-1} {...keys}>
      <div className="row">
        <Host host={blocked.host} port={blocked.port} className="grow" />
        <Button look="quiet" small icon="x" title="Close" hint="esc" tabIndex={-1} onClick={onClose} />
      </div>
      <PrivateWarning can={can} />
      {can === 'no' && !denied ? <p className="sm dim">{describeReason(blocked.reason)}. No rule would let it out.</p> : null}
      {error ? (
        <p className="sm bad selectable" role="alert">
          {problemText(error)}
        </p>
      ) : null}
      {denied ? (
        <>
          <p className="sm dim">A deny rule wins over every other. Remove it, and the name asks again.</p>
          {onShowRule ? (
            <div className={styles.keys}>
              <Button hint="R" onClick={onShowRule}>
                Show the rule
              </Button>
            </div>
          ) : null}
        </>
      ) : (
        <AnswerButtons answering={answering} onGive={async (answer) => !isDeaf() && give(answer)} />
      )}
    </div>
  );
}
