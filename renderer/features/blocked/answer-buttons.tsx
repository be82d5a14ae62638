import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { allowChoices, denyChoices } from './answers.ts';
import type { Answering } from './use-answer.ts';
import styles from './blocked.module.css';

type Props = {
  readonly answering: Answering;
  readonly onGive: Answering['give'];
  /** Not in the order of Tab: a row answers by its letters. */
  readonly tabbable?: boolean;
  readonly children?: ReactNode;
};

/** Let it out, for how long; or never. Denying is set apart. */
export function AnswerButtons({ answering, onGive, tabbable = true, children }: Props): ReactNode {
  const { can, busy } = answering;
  const tabIndex = tabbable ? undefined : -1;
  return (
    <div className={styles.answers}>
      {can === 'no' ? null : (
        <div className={styles.keys} role="group" aria-label={can === 'private' ? 'Allow, private addresses too' : 'Allow'}>
          {allowChoices.map(({ answer, key, label, title }, at) => (
            <Button
              key={answer}
              hint={key.toUpperCase()}
              title={title}
              tabIndex={tabIndex}
              busy={busy}
              data-answer={at === 0 || undefined}
              onClick={() => void onGive(answer)}
            >
              {label}
            </Button>
          ))}
        </div>
      )}
      <div className={styles.keys} role="group" aria-label="Deny">
        {denyChoices.map(({ answer, key, label, title }, at) => (
          <Button
            key={answer}
            look="danger"
            hint={key.toUpperCase()}
            title={title}
            tabIndex={tabIndex}
            busy={busy}
            data-answer={(can === 'no' && at === 0) || undefined}
            onClick={() => void onGive(answer)}
          >
            {label}
          </Button>
        ))}
        {children}
      </div>
    </div>
  );
}

/** What allowing would mean, where it is more than a name. */
export function PrivateWarning({ can }: Pick<Answering, 'can'>): ReactNode {
  if (can !== 'private') return null;
  return (
    <p className={`sm ${styles.private}`}>
      <span className="warn med">Allow its private address too?</span>{' '}
      <span className="dim">The name leads into your own network or VPN. An answer that allows it lets the agent reach what is there.</span>
    </p>
  );
}
