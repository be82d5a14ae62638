import { type ReactNode, useState } from 'react';
import type { Agent } from '../../../shared/model/agent.ts';
import type { KeyKept } from '../../../shared/model/keychain.ts';
import { useClient } from '../../lib/core.tsx';
import { useShortcut } from '../../lib/keys.ts';
import { type Action, useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { fieldProblem } from './field-problem.ts';

type Props = { readonly agent: Agent; readonly keyName: string; readonly listens: boolean };

const words: Readonly<Record<KeyKept, string>> = {
  keychain: 'A key is kept',
  memory: 'A key is kept until Forgehold ends',
  environment: 'The key of the environment is used',
  unread: 'A key is kept, and is not readable now',
  unreadable: 'The kept key cannot be read: set it again',
};

/** Sets or forgets a key. What was typed leaves this page with the call and is shown nowhere again. */
export function AgentKey({ agent, keyName, listens }: Props): ReactNode {
  const client = useClient();
  const action = useAction();
  const [asking, setAsking] = useState(false);
  useShortcut('setKey', () => setAsking(true), listens);
  async function send(apiKey: string | null): Promise<void> {
    if (await action.run(() => client.call('agents.setKey', { agent: agent.agent, apiKey }))) setAsking(false);
  }
  return (
    <>
      {asking ? (
        <KeyForm agent={agent} keyName={keyName} action={action} onKeep={(key) => void send(key)} onClose={() => setAsking(false)} />
      ) : (
        <p className="row sm">
          <Icon name="key" tone={agent.keyPresent ? 'ok' : 'faint'} />
          <span>{agent.keyKept ? words[agent.keyKept] : 'No key is kept'}</span>
          <span className="dim wide">
            given to its workspaces as <span className="mono">{keyName}</span>
          </span>
          <span className="end" />
          <Button small onClick={() => setAsking(true)}>
            {agent.keyKept ? 'Replace key…' : 'Set key…'}
          </Button>
          {agent.keyKept ? (
            <Button small look="danger" busy={action.busy} onClick={() => void send(null)}>
              Forget key
            </Button>
          ) : null}
        </p>
      )}
      {action.error ? (
        <p className="sm bad selectable" role="alert">
          {fieldProblem(action.error)}
        </p>
      ) : null}
    </>
  );
}

type FormProps = {
  readonly agent: Agent;
  readonly keyName: string;
  readonly action: Action;
  readonly onKeep: (key: string) => void;
  readonly onClose: () => void;
};

function KeyForm({ agent, keyName, action, onKeep, onClose }: FormProps): ReactNode {
  const [text, setText] = useState('');
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '') onKeep(text.trim());
      }}
    >
      <label className={`field grow ${action.error ? 'invalid' : ''}`}>
        <Icon name="key" />
        <span className="sr">
          Key for {agent.title}, {keyName}
        </span>
        <input
          type="password"
          autoFocus
          autoComplete="off"
          value={text}
          placeholder={keyName}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => event.key === 'Escape' && onClose()}
        />
      </label>
      <Button look="primary" type="submit" hint="↵" busy={action.busy} unavailable={text.trim() === '' && 'Paste the key first'}>
        Keep key
      </Button>
      <Button look="quiet" hint="esc" onClick={onClose}>
        Cancel
      </Button>
    </form>
  );
}
