import { type ReactNode, useState } from 'react';
import { plural } from '../../../shared/format.ts';
import type { KnownEngine, NamedEngine } from '../../../shared/model/engines.ts';
import type { Settings } from '../../../shared/model/settings.ts';
import type { GlyphKind } from '../../../shared/words.ts';
import { useShortcut } from '../../lib/keys.ts';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { Problem } from '../../ui/problem.tsx';
import { EngineForm } from './engine-form.tsx';
import { fieldProblem } from './field-problem.ts';
import { ProbeAnswer, useProbe } from './probe.tsx';
import { TextSetting } from './setting.tsx';
import { useEngines } from './use-engines.ts';
import type { Save } from './use-settings.ts';
import styles from './settings.module.css';

/** Where containers run: what was found here, and what the user named. */
export function EnginesSection({ settings, save }: { readonly settings: Settings; readonly save: Save }): ReactNode {
  const { engines, error, refresh } = useEngines();
  const [form, setForm] = useState<NamedEngine | 'new' | null>(null);
  useShortcut('addEngine', () => setForm('new'));
  async function keep(next: readonly NamedEngine[], what: string): Promise<void> {
    await save({ engines: [...next] }, what);
    refresh();
  }
  return (
    <>
      <header className="row">
        <div className="grow">
          <h1>Engines</h1>
          <p className="dim">Docker engines that projects may use. An engine that no project uses is not connected.</p>
        </div>
        <Button icon="plus" onClick={() => setForm('new')}>
          Add an engine…
        </Button>
      </header>
      {error ? <Problem error={error} /> : null}
      {form ? (
        <EngineForm
          key={form === 'new' ? 'new' : form.name}
          before={form === 'new' ? null : form}
          known={settings.engines}
          onKeep={(next, what) => keep(next, what)}
          onClose={() => setForm(null)}
        />
      ) : null}
      <ul className="card">
        {(engines ?? []).map((engine) => (
          <EngineLine
            key={engine.engineId}
            engine={engine}
            onEdit={() => setForm(settings.engines.find((item) => item.name === engine.engineId) ?? null)}
            onRemove={() =>
              keep(
                settings.engines.filter((item) => item.name !== engine.engineId),
                `${engine.engineId} removed`,
              )
            }
          />
        ))}
      </ul>
      <DefaultEngine settings={settings} save={save} onSaved={refresh} />
    </>
  );
}

type DefaultProps = { readonly settings: Settings; readonly save: Save; readonly onSaved: () => void };

function DefaultEngine({ settings, save, onSaved }: DefaultProps): ReactNode {
  async function keep(text: string): Promise<void> {
    await save({ engine: text }, 'Default engine');
    onSaved();
  }
  return (
    <>
      <h2>Default</h2>
      <div className="card">
        <TextSetting
          title="Address of the default engine"
          about="Empty: what DOCKER_HOST says, else the current Docker context, else the usual socket. It is used from the next start of Forgehold."
          value={settings.engine}
          placeholder="unix:///var/run/docker.sock"
          mono
          onSave={keep}
        />
      </div>
    </>
  );
}

const origins = {
  default: 'default',
  settings: 'named here',
  DOCKER_HOST: 'DOCKER_HOST',
  context: 'Docker context',
  known: 'found here',
} as const satisfies Record<KnownEngine['origin'], string>;

type LineProps = { readonly engine: KnownEngine; readonly onEdit: () => void; readonly onRemove: () => Promise<void> };

function EngineLine({ engine, onEdit, onRemove }: LineProps): ReactNode {
  const probe = useProbe();
  const removing = useAction();
  const state = describeState(engine);
  const own = engine.origin === 'settings';
  return (
    <li className={styles.entry} data-engine={engine.engineId}>
      <div className={styles.line}>
        <Glyph kind={state.glyph} label={state.word} />
        <div className="grow">
          <p className="row">
            <span className="med cut">{engine.title}</span>
            <span className="tag">{origins[engine.origin]}</span>
            {engine.local ? null : <span className="tag">remote</span>}
          </p>
          <p className="sm dim cut">
            <span className="mono selectable">{engine.address}</span>
            {`, ${state.word}${engine.projects > 0 ? `, ${plural(engine.projects, 'project')}` : ''}`}
          </p>
        </div>
        <Button busy={probe.busy} onClick={() => probe.run(engine.engineId)}>
          Try it
        </Button>
        {own ? <Button onClick={onEdit}>Edit…</Button> : null}
        {own ? (
          <Button
            look="danger"
            busy={removing.busy}
            unavailable={engine.projects > 0 && `${plural(engine.projects, 'project')} use it. Give them another engine first`}
            onClick={() => void removing.run(onRemove)}
          >
            Remove
          </Button>
        ) : null}
      </div>
      {probe.answer || probe.error || removing.error || state.why ? (
        <div className={styles.more}>
          {state.why && !probe.answer ? <p className="sm dim selectable">{state.why}</p> : null}
          <ProbeAnswer probe={probe} />
          {removing.error ? <p className="sm bad selectable">{fieldProblem(removing.error)}</p> : null}
        </div>
      ) : null}
    </li>
  );
}

function describeState({ state }: KnownEngine): { readonly glyph: GlyphKind; readonly word: string; readonly why?: string } {
  if (!state) return { glyph: 'none', word: 'not connected' };
  switch (state.kind) {
    case 'connected':
      return { glyph: 'idle', word: `Docker ${state.version}${state.rootless ? ', rootless' : ''}` };
    case 'connecting':
      return { glyph: 'starting', word: 'connecting' };
    case 'unreachable':
      return { glyph: 'failed', word: 'does not answer', why: state.reason };
  }
}
