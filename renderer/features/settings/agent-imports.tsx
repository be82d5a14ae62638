import { type ReactNode, useEffect, useState } from 'react';
import type { AgentImports } from '../../../shared/model/agent-definition.ts';
import type { Agent } from '../../../shared/model/agent.ts';
import { useClient } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';
import { Icon } from '../../ui/icon.tsx';
import { problemText } from '../../ui/problem.tsx';
import styles from './settings.module.css';

/** What of the user's own files and settings an agent sees, and what stays outside and why. */
export function AgentImportsView({ agent }: { readonly agent: Agent }): ReactNode {
  const client = useClient();
  const [imports, setImports] = useState<AgentImports | null>(null);
  const { run, error } = useAction();
  const { agent: type } = agent;
  useEffect(() => void run(async () => setImports(await client.call('agents.imports', { agent: type }))), [client, run, type]);
  if (error) return <p className="sm bad selectable">{problemText(error)}</p>;
  if (!imports) return null;
  if (imports.visible.length === 0 && imports.dropped.length === 0) return <p className="sm dim">It gets nothing of your own files and settings.</p>;
  return (
    <div className={`${styles.imports} selectable`}>
      {imports.visible.length > 0 ? (
        <>
          <p className="sm med">It sees of your own</p>
          <ul>
            {imports.visible.map(({ path, copied }) => (
              <li key={path} className="sm row">
                <Icon name="check" tone="faint" />
                <span className="mono cut">{path}</span>
                <span className="dim">{copied ? 'a copy for each workspace' : 'read-only'}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {imports.dropped.length > 0 ? (
        <>
          <p className="sm med">Left outside</p>
          <ul>
            {imports.dropped.map(({ path, what, why }) => (
              <li key={`${path} ${what}`} className="sm">
                <span className="row">
                  <Icon name="block" tone="faint" />
                  <span className="mono cut">{path}</span>
                  <span>{what}</span>
                </span>
                <p className={`dim ${styles.reason}`}>{why}</p>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </div>
  );
}
