import type { ReactNode } from 'react';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { describeLeft } from '../../../shared/rule-words.ts';
import { describeWall, modeMeaning, modeNames } from '../../../shared/words.ts';
import { useClient } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Seg } from '../../ui/seg.tsx';
import type { TestRun } from './use-self-test.ts';
import styles from './domains.module.css';

const modes = ['restricted', 'learning', 'full', 'none'] as const;

export function ModeBar({ workspace, test }: { readonly workspace: Workspace; readonly test: TestRun }): ReactNode {
  const client = useClient();
  const action = useAction();
  const { workspaceId, mode, state } = workspace;
  return (
    <>
      <div className={styles.mode} data-region="mode">
        <Seg
          label="Network mode"
          value={mode}
          options={modes.map((value) => ({ value, label: modeNames[value] }))}
          onChange={(next) => void action.run(() => client.call('domains.setMode', { workspaceId, mode: next }))}
        />
        {action.busy ? <Glyph kind="working" label="Changing" /> : null}
        <Meaning workspace={workspace} />
        <span className="end" />
        <TestResult workspace={workspace} test={test} />
        <Button
          className="wide"
          busy={test.busy}
          unavailable={state.kind !== 'running' && (state.kind === 'paused' ? 'The workspace is paused' : 'The workspace does not run')}
          onClick={test.run}
        >
          Test now
        </Button>
      </div>
      {action.error ? <Problem error={action.error} /> : null}
    </>
  );
}

/** What the mode lets out; of learning, for how long still. */
function Meaning({ workspace: { mode, learningUntil } }: { readonly workspace: Workspace }): ReactNode {
  const now = useNow(mode === 'learning' ? 5_000 : null);
  const until = mode === 'learning' && learningUntil !== undefined ? describeLeft(learningUntil, now) : null;
  return (
    <p className="sm dim cut num" role="status">
      {until === null ? modeMeaning[mode] : `Every public name gets out and is logged. Ends by itself in ${until}.`}
    </p>
  );
}

/** The last result; pressing it shows what was tried. */
function TestResult({ workspace, test }: { readonly workspace: Workspace; readonly test: TestRun }): ReactNode {
  const wall = describeWall(workspace);
  const { wall: state, mode } = workspace;
  const words = state.kind === 'standing' ? `${state.passed} of ${state.total} passed` : state.kind === 'testing' ? 'Testing…' : wall.word;
  const more = state.kind !== 'standing' ? '' : mode === 'learning' || mode === 'full' ? ', open' : state.unproven !== undefined ? ', the rest unproven' : '';
  if (!test.report) {
    return (
      <span className={`row sm ${wall.tone === 'bad' ? 'bad' : 'dim'}`} title={wall.title}>
        <Icon name={wall.icon} tone={wall.tone} />
        <span className="cut">{words}</span>
      </span>
    );
  }
  return (
    <Button look="quiet" aria-expanded={test.open} title={`${wall.title}. What was tried, and what was seen`} onClick={test.toggle}>
      <Icon name={wall.icon} tone={wall.tone} />
      <span>
        {words}
        {more === '' ? null : <span className="faint wide">{more}</span>}
      </span>
    </Button>
  );
}
