import { type ReactNode, type RefObject, useState } from 'react';
import type { Agent } from '../../../shared/model/agent.ts';
import type { NetworkMode } from '../../../shared/model/workspace.ts';
import { useSnapshot } from '../../lib/core.tsx';
import { plural } from '../../lib/format.ts';
import { agentNames, modeNames } from '../../lib/words.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Seg } from '../../ui/seg.tsx';
import type { Form } from './form.ts';
import styles from './create.module.css';

type FieldProps = { readonly form: Form; readonly agent: Agent | undefined; readonly onChange: (part: Partial<Form>) => void };

export function AgentField({ form, agent, onChange }: FieldProps): ReactNode {
  const agents = useSnapshot((snapshot) => snapshot.agents);
  return (
    <div className={styles.f}>
      <span>Agent</span>
      <div>
        <Seg
          label="Agent"
          value={form.agent}
          options={agents.map((item) => ({ value: item.agent, label: item.title || agentNames[item.agent] }))}
          onChange={(value) => onChange({ agent: value })}
        />
        <span className="sm faint end">
          {agent ? [agent.version, agent.version && !agent.installed && 'installed on first use'].filter(Boolean).join(', ') : ''}
        </span>
      </div>
    </div>
  );
}

/** The key lives in its input only, until it is sent; the core keeps it in memory and never gives it back. */
export function KeyField({ agent, input }: { readonly agent: Agent; readonly input: RefObject<HTMLInputElement | null> }): ReactNode {
  const [changing, setChanging] = useState(!agent.keyPresent);
  return (
    <div className={styles.f}>
      <label htmlFor="api-key">API key</label>
      <div>
        {changing ? (
          <>
            <span className={`field ${styles.key}`}>
              <Icon name="key" />
              <input id="api-key" ref={input} type="password" className="mono" autoComplete="off" spellCheck={false} />
            </span>
            <p className="xs faint">{agent.keyName}, kept in memory until Forgehold ends. Or leave it empty and sign in from the terminal.</p>
          </>
        ) : (
          <>
            <span className="sm dim row">
              <Icon name="check" tone="ok" />
              Set for this session
            </span>
            <Button small look="quiet" onClick={() => setChanging(true)}>
              Change…
            </Button>
          </>
        )}
      </div>
    </div>
  );
}

export const modeMeaning = {
  restricted: 'Only names on its list get out. All else is blocked and asks.',
  full: 'Every public name gets out, and is logged.',
  none: 'Nothing gets out.',
} as const satisfies Record<NetworkMode, string>;

export function ModeField({ form, agent, onChange }: FieldProps): ReactNode {
  const domains = agent?.domains ?? [];
  return (
    <div className={styles.f}>
      <span>Network</span>
      <div>
        <Seg
          label="Network"
          value={form.mode}
          options={(['restricted', 'full', 'none'] as const).map((mode) => ({ value: mode, label: modeNames[mode] }))}
          onChange={(mode) => onChange({ mode })}
        />
        <p className="xs faint" title={domains.join('\n')}>
          {modeMeaning[form.mode]}
          {form.mode === 'restricted' && domains.length > 0 ? ` It begins with ${plural(domains.length, 'domain')} that ${agentNames[form.agent]} needs.` : ''}
        </p>
      </div>
    </div>
  );
}

export function NameField({ form, onChange }: Pick<FieldProps, 'form' | 'onChange'>): ReactNode {
  return (
    <div className={styles.f}>
      <label htmlFor="workspace-name">Name</label>
      <div>
        <span className={`field ${styles.name}`}>
          <input
            id="workspace-name"
            value={form.name}
            maxLength={64}
            placeholder={agentNames[form.agent]}
            spellCheck={false}
            onChange={(event) => onChange({ name: event.target.value })}
          />
        </span>
      </div>
    </div>
  );
}
