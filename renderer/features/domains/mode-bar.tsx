import type { ReactNode } from 'react';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { useClient } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';
import { describeWall, modeNames } from '../../lib/words.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Seg } from '../../ui/seg.tsx';
import { modeMeaning } from '../create/create-fields.tsx';
import type { TestRun } from './use-self-test.ts';
import styles from './domains.module.css';

export function ModeBar({ workspace, test }: { readonly workspace: Workspace; readonly test: TestRun }): ReactNode {
  const client = useClient();
  const action = useAction();
  const running = workspace.state.kind === 'running';
  return (
    <>
      <div className={styles.mode} data-region="mode">
        <Seg
          label="Network mode"
          value={workspace.mode}
          options={(['restricted', 'full', 'none'] as const).map((mode) => ({ value: mode, label: modeNames[mode] }))}
          onChange={(mode) => void action.run(() => client.call('domains.setMode', { workspaceId: workspace.workspaceId, mode }))}
        />
        {action.busy ? <Glyph kind="working" label="Changing" /> : null}
        <p className="sm dim cut">{modeMeaning[workspace.mode]}</p>
        <span className="end" />
        <TestResult workspace={workspace} test={test} />
        <Button busy={test.busy} unavailable={!running && 'The workspace does not run'} onClick={test.run}>
          Test now
        </Button>
      </div>
      {action.error ? <Problem error={action.error} /> : null}
    </>
  );
}

/** The last result; pressing it shows what was tried. */
function TestResult({ workspace, test }: { readonly workspace: Workspace; readonly test: TestRun }): ReactNode {
  const wall = describeWall(workspace);
  const { wall: state } = workspace;
  const words = state.kind === 'standing' ? `${state.passed} of ${state.total} passed` : state.kind === 'testing' ? 'Testing…' : wall.word;
  if (!test.report) {
    return (
      <span className={`row sm ${wall.tone === 'bad' ? 'bad' : 'dim'}`} title={wall.title}>
        <Icon name={wall.icon} tone={wall.tone} />
        <span className="cut">{words}</span>
      </span>
    );
  }
  return (
    <Button look="quiet" icon={wall.icon} aria-expanded={test.open} title="What was tried, and what was seen" onClick={test.toggle}>
      {words}
    </Button>
  );
}
