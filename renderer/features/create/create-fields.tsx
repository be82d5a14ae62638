import { type ReactNode, type RefObject, useState } from 'react';
import { plural } from '../../../shared/format.ts';
import type { Agent, AgentType } from '../../../shared/model/agent.ts';
import type { ProjectFindings } from '../../../shared/model/project-file.ts';
import { modeMeaning, modeNames } from '../../../shared/words.ts';
import { useSnapshot } from '../../lib/core.tsx';
import { describeKeeping, useKeychain } from '../../lib/use-keychain.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Seg } from '../../ui/seg.tsx';
import { offeredModes } from '../options/names.ts';
import type { OptionsEditor } from '../options/use-options.ts';
import options from '../options/options.module.css';

type AgentProps = { readonly agent: Agent | undefined; readonly onChange: (agent: AgentType) => void };

export function AgentField({ agent, onChange }: AgentProps): ReactNode {
  const agents = useSnapshot((snapshot) => snapshot.agents);
  return (
    <div className={options.f}>
      <span>Agent</span>
      <div>
        <Seg
          label="Agent"
          value={agent?.agent ?? 'claude-code'}
          options={agents.map((item) => ({ value: item.agent, label: item.title }))}
          onChange={onChange}
        />
        <span className="sm faint end">
          {agent ? [agent.version, agent.version && !agent.installed && 'installed on first use'].filter(Boolean).join(', ') : ''}
        </span>
      </div>
    </div>
  );
}

/** The key lives in its input only, until it is sent; the core keeps it and never gives it back. */
export function KeyField({ agent, input }: { readonly agent: Agent; readonly input: RefObject<HTMLInputElement | null> }): ReactNode {
  const [changing, setChanging] = useState(!agent.keyPresent);
  const { state } = useKeychain();
  return (
    <div className={options.f}>
      <label htmlFor="api-key">API key</label>
      <div>
        {changing ? (
          <>
            <span className={`field ${options.long}`}>
              <Icon name="key" />
              <input id="api-key" ref={input} type="password" className="mono" autoComplete="off" spellCheck={false} />
            </span>
            <p className="xs faint">
              {agent.keyName}, {describeKeeping(state)}. Or leave it empty and sign in from the terminal.
            </p>
          </>
        ) : (
          <>
            <span className="sm dim row">
              <Icon name="check" tone="ok" />
              {agent.keyKept === 'keychain' ? 'Kept in the keychain' : 'Set for this session'}
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

type Detected = ProjectFindings['detected'][number];

type ModeProps = {
  readonly editor: OptionsEditor;
  readonly agent: Agent | undefined;
  readonly detected: readonly Detected[];
  /** Presets that are not wanted. */
  readonly without: ReadonlySet<string>;
  readonly onToggle: (preset: string) => void;
};

export function ModeField({ editor, agent, detected, without, onToggle }: ModeProps): ReactNode {
  const mode = editor.shown('mode') ?? 'restricted';
  const domains = agent?.domains ?? [];
  const chosen = detected.filter((item) => !without.has(item.preset));
  const count = new Set([...domains, ...chosen.flatMap((item) => item.domains)]).size;
  return (
    <div className={options.f}>
      <span>Network</span>
      <div>
        <Seg
          label="Network"
          value={mode}
          options={offeredModes(mode).map((value) => ({ value, label: modeNames[value] }))}
          onChange={(value) => editor.set('mode', value)}
        />
        {mode === 'restricted' && detected.length > 0 ? (
          <p className="row" role="group" aria-label="What this folder seems to need">
            {detected.map((item) => (
              <button
                key={item.preset}
                type="button"
                className="chip"
                aria-pressed={!without.has(item.preset)}
                title={`${item.because}\n${item.domains.join('\n')}`}
                onClick={() => onToggle(item.preset)}
              >
                <Icon name={without.has(item.preset) ? 'plus' : 'check'} />
                {item.title}
              </button>
            ))}
          </p>
        ) : null}
        <p className="xs faint" title={domains.join('\n')}>
          {modeMeaning[mode]}
          {mode === 'restricted' && detected.length > 0 ? ` ${detected.map((item) => item.because).join(' ')}` : ''}
          {mode === 'restricted' && count > 0 ? ` It begins with ${plural(count, 'domain')}.` : ''}
        </p>
      </div>
    </div>
  );
}

type NameProps = { readonly name: string; readonly placeholder: string; readonly onChange: (name: string) => void };

export function NameField({ name, placeholder, onChange }: NameProps): ReactNode {
  return (
    <div className={options.f}>
      <label htmlFor="workspace-name">Name</label>
      <div>
        <span className={`field ${options.name}`}>
          <input
            id="workspace-name"
            value={name}
            maxLength={64}
            placeholder={placeholder}
            spellCheck={false}
            onChange={(event) => onChange(event.target.value)}
          />
        </span>
      </div>
    </div>
  );
}
