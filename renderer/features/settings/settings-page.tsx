import { type ReactNode, useEffect, useRef } from 'react';
import { useShortcut } from '../../lib/keys.ts';
import { moveFocus } from '../../lib/move-focus.ts';
import { type SettingsSection, formatRoute } from '../../lib/route.ts';
import { useShell } from '../../lib/shell.ts';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { Problem, problemText } from '../../ui/problem.tsx';
import { DoctorSection } from '../doctor/doctor-section.tsx';
import { useDoctor } from '../doctor/use-doctor.ts';
import { EngineStatus } from '../frame/engine-status.tsx';
import { Frame } from '../frame/frame.tsx';
import { AgentsSection } from './agents-section.tsx';
import { AppSection } from './app-section.tsx';
import { AppearanceSection } from './appearance-section.tsx';
import { DefaultsSection } from './defaults-section.tsx';
import { EnginesSection } from './engines-section.tsx';
import { GeneralSection } from './general-section.tsx';
import { KeyboardSection } from './keyboard-section.tsx';
import { NetworkSection } from './network-section.tsx';
import { shownSections } from './sections.ts';
import { StorageSection } from './storage-section.tsx';
import { TerminalSection } from './terminal-section.tsx';
import { type SettingsState, useSettings } from './use-settings.ts';
import styles from './settings.module.css';

/** What holds for all projects, a section at a time; each change is kept at once. */
export function SettingsPage({ section: asked }: { readonly section: SettingsSection }): ReactNode {
  const { shell } = useShell();
  const sections = shownSections(shell !== null);
  const section = sections.some((item) => item.section === asked) ? asked : 'general';
  const state = useSettings();
  const doctor = useDoctor(section === 'doctor');
  const open = doctor.checks?.filter((check) => check.state === 'bad' || check.state === 'warn').length ?? 0;
  const { title } = sections.find((item) => item.section === section)!;
  const page = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Newer browsers answer with a promise, which is no clean-up.
    page.current?.scrollTo(0, 0);
  }, [section]);
  return (
    <Frame title={`Settings: ${title}`} titlebar={<span className="med">Settings</span>} status={<Status section={section} state={state} />}>
      <div className="cols">
        <nav className={`side ${styles.nav}`} aria-label="Settings" data-region="sections" onKeyDown={(event) => moveFocus(event, 'a')}>
          <div className="head">Settings</div>
          <ul className="scroll">
            {sections.map((item) => (
              <li key={item.section}>
                <a
                  className="item"
                  href={formatRoute({ page: 'settings', section: item.section })}
                  aria-current={item.section === section ? 'page' : undefined}
                >
                  <span className="grow">{item.title}</span>
                  {item.section === 'doctor' && open > 0 ? <span className="count end">{open}</span> : null}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div className="grow scroll" ref={page} role="region" aria-label={title} tabIndex={0} data-region="section">
          <div className={styles.col}>
            {state.problem ? <Problem error={state.problem} /> : null}
            <Section section={section} state={state} doctor={doctor} />
          </div>
        </div>
      </div>
    </Frame>
  );
}

type SectionProps = { readonly section: SettingsSection; readonly state: SettingsState; readonly doctor: ReturnType<typeof useDoctor> };

function Section({ section, state, doctor }: SectionProps): ReactNode {
  if (section === 'doctor') return <DoctorSection doctor={doctor} />;
  if (section === 'general') return <GeneralSection />;
  if (section === 'app') return <AppSection />;
  if (section === 'appearance') return <AppearanceSection />;
  if (section === 'keyboard') return <KeyboardSection />;
  if (section === 'agents') return <AgentsSection />;
  if (section === 'storage') return <StorageSection />;
  const { settings, save } = state;
  if (!settings) return state.problem ? null : <Reading />;
  switch (section) {
    case 'terminal':
      return <TerminalSection settings={settings} save={save} />;
    case 'network':
      return <NetworkSection settings={settings} save={save} />;
    case 'engines':
      return <EnginesSection settings={settings} save={save} />;
    case 'defaults':
      return <DefaultsSection settings={settings} save={save} />;
  }
}

function Reading(): ReactNode {
  return (
    <p className="row dim" role="status">
      <Glyph kind="starting" /> Reading the settings…
    </p>
  );
}

function Status({ section, state }: { readonly section: SettingsSection; readonly state: SettingsState }): ReactNode {
  const action = useAction();
  const undo = (): void => void action.run(state.undo);
  useShortcut('undo', undo, state.last !== null);
  return (
    <>
      <EngineStatus />
      <span className="end" />
      {action.error ? <span className="bad cut">{problemText(action.error)}</span> : null}
      {state.last ? (
        <span className="row" role="status">
          Changed: {state.last.what}
          <Button small look="quiet" shortcut="undo" busy={action.busy} onClick={undo}>
            Undo
          </Button>
        </span>
      ) : section === 'doctor' ? (
        <>
          <span className="row">
            <kbd>↑↓</kbd>check
          </span>
          <span className="row">
            <kbd>↵</kbd>fix
          </span>
          <span className="row">
            <kbd>R</kbd>check again
          </span>
          <span className="row">
            <kbd>C</kbd>copy report, without secrets
          </span>
        </>
      ) : (
        <>
          <span className="row">
            <kbd>↑↓</kbd>section
          </span>
          <span className="row wide">
            <kbd>F6</kbd>next region
          </span>
        </>
      )}
    </>
  );
}
