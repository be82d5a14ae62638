import { type ReactNode, useCallback, useEffect, useState } from 'react';
import type { AgentDefinitionData } from '../../../shared/model/agent-definition.ts';
import type { Agent } from '../../../shared/model/agent.ts';
import { useClient, useSnapshot } from '../../lib/core.tsx';
import { useShortcut } from '../../lib/keys.ts';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Problem, problemText } from '../../ui/problem.tsx';
import { AgentForm } from './agent-form.tsx';
import { AgentImportsView } from './agent-imports.tsx';
import { AgentKey } from './agent-key.tsx';
import { KeychainCard } from './keychain-card.tsx';
import styles from './settings.module.css';

/** The agents there are, their keys, and what each gets of the user's own. */
export function AgentsSection(): ReactNode {
  const agents = useSnapshot((snapshot) => snapshot.agents);
  const { definitions, error, refresh } = useDefinitions();
  const [form, setForm] = useState<AgentDefinitionData | 'new' | null>(null);
  useShortcut('defineAgent', () => setForm('new'));
  return (
    <>
      <header className="row">
        <div className="grow">
          <h1>Agents</h1>
          <p className="dim">What a workspace can be made for.</p>
        </div>
        <Button icon="plus" onClick={() => setForm('new')}>
          Add an agent type…
        </Button>
      </header>
      {error ? <Problem error={error} /> : null}
      <KeychainCard />
      {form ? (
        <AgentForm key={form === 'new' ? 'new' : form.agent} before={form === 'new' ? null : form} onDone={refresh} onClose={() => setForm(null)} />
      ) : null}
      <ul className="card">
        {agents.map((agent, at) => {
          const definition = definitions?.find((item) => item.agent === agent.agent);
          return (
            <AgentEntry
              key={agent.agent}
              agent={agent}
              asksKey={at === agents.findIndex((item) => item.keyName !== undefined)}
              {...(definition && { onEdit: () => setForm(definition), onForgotten: refresh })}
            />
          );
        })}
      </ul>
    </>
  );
}

function useDefinitions() {
  const client = useClient();
  const [definitions, setDefinitions] = useState<readonly AgentDefinitionData[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const refresh = useCallback(() => {
    client.call('agents.definitions', {}).then(setDefinitions, (cause: unknown) => setError(cause));
  }, [client]);
  useEffect(refresh, [refresh]);
  return { definitions, error, refresh };
}

type EntryProps = {
  readonly agent: Agent;
  /** The command that sets a key begins here. */
  readonly asksKey: boolean;
  /** For one that the user added. */
  readonly onEdit?: () => void;
  readonly onForgotten?: () => void;
};

function AgentEntry({ agent, asksKey, onEdit, onForgotten }: EntryProps): ReactNode {
  const client = useClient();
  const removing = useAction();
  const [open, setOpen] = useState(false);
  const version = agent.version
    ? `${agent.version}, ${agent.installed ? 'installed' : 'installed with the first workspace that needs it'}`
    : 'Comes with the image';
  async function remove(): Promise<void> {
    if (await removing.run(() => client.call('agents.forget', { agent: agent.agent }))) onForgotten?.();
  }
  return (
    <li className={styles.entry} data-agent={agent.agent}>
      <div className={styles.line}>
        <Icon name="anvil" tone="faint" />
        <div className="grow">
          <p className="row">
            <span className="med">{agent.title}</span>
            {onEdit ? <span className="tag">added here</span> : null}
          </p>
          <p className="sm dim">{version}</p>
        </div>
        {onEdit ? <Button onClick={onEdit}>Edit…</Button> : null}
        {onEdit ? (
          <Button look="danger" busy={removing.busy} onClick={() => void remove()}>
            Remove
          </Button>
        ) : null}
        <Button look="quiet" icon={open ? 'down' : 'right'} aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Less' : 'What it gets'}
        </Button>
      </div>
      {removing.error ? <p className={`bad sm selectable ${styles.more}`}>{problemText(removing.error)}</p> : null}
      {agent.keyName ? (
        <div className={styles.more}>
          <AgentKey agent={agent} keyName={agent.keyName} listens={asksKey} />
        </div>
      ) : null}
      {open ? (
        <div className={styles.more}>
          {agent.domains.length > 0 ? (
            <p className="sm">
              <span className="dim">Domains its new workspaces begin with: </span>
              <span className="mono selectable">{agent.domains.join(', ')}</span>
            </p>
          ) : null}
          <AgentImportsView agent={agent} />
        </div>
      ) : null}
    </li>
  );
}
