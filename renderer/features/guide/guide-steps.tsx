import { type ReactNode, useMemo } from 'react';
import { useSnapshot } from '../../lib/core.tsx';
import { formatRoute } from '../../lib/route.ts';
import { Glyph } from '../../ui/glyph.tsx';
import { Icon } from '../../ui/icon.tsx';
import { type GuideStep, guideSteps } from './guide.ts';
import styles from './guide.module.css';

function useGuide(): readonly GuideStep[] {
  const engine = useSnapshot((snapshot) => snapshot.engine);
  const preparation = useSnapshot((snapshot) => snapshot.preparation);
  const projects = useSnapshot((snapshot) => snapshot.projects);
  const workspaces = useSnapshot((snapshot) => snapshot.workspaces);
  const agents = useSnapshot((snapshot) => snapshot.agents);
  return useMemo(() => guideSteps({ engine, preparation, projects, workspaces, agents }), [engine, preparation, projects, workspaces, agents]);
}

/** What is done and what is next, each with the way there. `without`: what the page around it offers already. */
export function GuideSteps({ without = [] }: { readonly without?: readonly GuideStep['id'][] }): ReactNode {
  const steps = useGuide().filter((step) => !without.includes(step.id));
  return (
    <ol className={styles.steps} aria-label="Getting started">
      {steps.map((step) => (
        <li key={step.id} data-guide={step.id} data-state={step.state}>
          <Mark state={step.state} />
          <div className="grow">
            <p className={step.state === 'done' ? 'dim' : 'med'}>{step.title}</p>
            <p className="sm dim selectable">{step.say}</p>
          </div>
          {step.go ? (
            <a className="btn small" href={formatRoute(step.go.route)}>
              {step.go.label}
            </a>
          ) : null}
        </li>
      ))}
    </ol>
  );
}

function Mark({ state }: { readonly state: GuideStep['state'] }): ReactNode {
  switch (state) {
    case 'done':
      return (
        <span className="st">
          <Icon name="check" tone="ok" />
          <span className="sr">Done</span>
        </span>
      );
    case 'bad':
      return <Glyph kind="failed" label="Failed" />;
    case 'now':
      return <Glyph kind="done" label="Next" />;
    case 'later':
      return <Glyph kind="none" label="Later" />;
  }
}
