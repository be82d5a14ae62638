import { type ReactNode, useState } from 'react';
import type { CallOutput } from '../../../shared/contract/index.ts';
import { useClient } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { problemText } from '../../ui/problem.tsx';
import { TextOption } from './text-fields.tsx';
import type { OptionsEditor } from './use-options.ts';
import styles from './options.module.css';

type Answer = { readonly image: string; readonly check: CallOutput<'images.check'> };

/** An own image, and what it lacks when it is asked. */
export function ImageOption({ editor, engine }: { readonly editor: OptionsEditor; readonly engine: string }): ReactNode {
  const client = useClient();
  const action = useAction();
  const [answer, setAnswer] = useState<Answer | null>(null);
  const image = (editor.shown('image') ?? '').trim();
  const known = answer?.image === image ? answer.check : null;
  function check(): void {
    void action.run(async () => setAnswer({ image, check: await client.call('images.check', { image, engine }) }));
  }
  const asked = image !== '' && editor.problems.image === undefined;
  return (
    <>
      <TextOption
        editor={editor}
        name="image"
        width="name"
        placeholder="Forgehold’s own"
        mono
        hint={asked ? undefined : 'An image of yours with bash, git and tmux. It is pulled when it is not here yet.'}
      >
        {asked ? (
          <Button small busy={action.busy} onClick={check}>
            {action.busy ? 'Pulling and checking…' : 'Check it'}
          </Button>
        ) : null}
      </TextOption>
      {asked && (action.error || known) ? (
        <div className={styles.f}>
          <span />
          <div role="status">{action.error ? <p className="xs bad selectable">{problemText(action.error)}</p> : <Findings known={known!} />}</div>
        </div>
      ) : null}
    </>
  );
}

function Findings({ known }: { readonly known: Answer['check'] }): ReactNode {
  if (known.missing.length === 0) {
    return (
      <p className="xs row ok">
        <Icon name="check" tone="ok" /> It has all that a workspace needs.
      </p>
    );
  }
  return (
    <>
      <p className={`xs ${known.usable ? 'warn' : 'bad'}`}>{known.usable ? 'It can be used, but lacks:' : 'It cannot be used: it lacks'}</p>
      <ul className={`xs ${styles.list}`}>
        {known.missing.map((item) => (
          <li key={item.program}>
            <code>{item.program}</code>
            <span className="dim selectable">
              {item.why} {item.how}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
