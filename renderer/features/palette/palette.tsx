import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { holdShortcuts, useShortcut } from '../../lib/keys.ts';
import { ChooseStep } from './choose-step.tsx';
import { buildEntries, placeEntries } from './entries.ts';
import { noteRecent, readRecent } from './recent.ts';
import { type PaletteMode, closePalette, openPalette, runCommand, useFirstStep, usePaletteMode } from './store.ts';
import { TextStep } from './text-step.tsx';
import type { Entry, Step } from './types.ts';
import { useContextHere } from './use-context.ts';
import { useOfferCommands } from './use-offer-commands.ts';
import styles from './palette.module.css';

/** Every action by its name; the page below is inert while it is open. */
export function Palette(): ReactNode {
  const mode = usePaletteMode();
  useOfferCommands();
  useShortcut('palette', () => (mode === 'everything' ? closePalette() : openPalette('everything')));
  useShortcut('switchProject', () => (mode === 'places' ? closePalette() : openPalette('places')));
  useEffect(() => {
    addEventListener('hashchange', closePalette);
    addEventListener('popstate', closePalette);
    return () => {
      removeEventListener('hashchange', closePalette);
      removeEventListener('popstate', closePalette);
    };
  }, []);
  const asked = useFirstStep();
  return mode ? <OpenPalette key={`${mode} ${asked?.label ?? ''}`} mode={mode} asked={asked} /> : null;
}

function OpenPalette({ mode, asked }: { readonly mode: PaletteMode; readonly asked: Step | null }): ReactNode {
  const context = useContextHere();
  const [steps, setSteps] = useState<readonly Step[]>(asked ? [asked] : []);
  const recent = useMemo(readRecent, []);
  const back = useFocusBack();
  useEffect(() => holdShortcuts(['palette', 'switchProject']), []);
  const first: Step = useMemo(
    () => ({ kind: 'choose', label: '', entries: mode === 'places' ? placeEntries(context) : buildEntries(context) }),
    [context, mode],
  );
  const step = steps.at(-1) ?? first;
  function leave(): void {
    if (steps.length > 0) setSteps(steps.slice(0, -1));
    else closePalette();
  }
  function choose(entry: Entry): void {
    if ('unavailable' in entry.plan) return;
    if (steps.length === 0) noteRecent(entry.id);
    if ('step' in entry.plan) return setSteps([...steps, entry.plan.step]);
    const { run } = entry.plan;
    closePalette();
    // What is run may move the focus, so the focus is put back before.
    back();
    void runCommand(entry.title, run);
  }
  return (
    <>
      <div className={`scrim ${styles.scrim}`} onPointerDown={closePalette} />
      <section className={`pop over ${styles.palette}`} role="dialog" aria-modal="true" aria-label={mode === 'places' ? 'Switch project' : 'Commands'}>
        {step.kind === 'choose' ? (
          <ChooseStep
            key={steps.length}
            step={step}
            recent={steps.length === 0 && mode === 'everything' ? recent : []}
            top={steps.length === 0}
            mode={mode}
            onChoose={choose}
            onBack={leave}
          />
        ) : (
          <TextStep key={steps.length} step={step} onBack={leave} />
        )}
      </section>
    </>
  );
}

/** Gives the focus back to what had it, unless something else took it since. */
function useFocusBack(): () => void {
  const before = useRef(document.activeElement);
  const giveBack = useRef(() => {
    const element = before.current;
    if (element instanceof HTMLElement && element.isConnected && element !== document.body) element.focus();
  });
  useEffect(() => {
    const back = giveBack.current;
    return () => {
      setTimeout(() => (document.activeElement === null || document.activeElement === document.body) && back());
    };
  }, []);
  return giveBack.current;
}
