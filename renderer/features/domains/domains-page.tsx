import { type ReactNode, useCallback, useState } from 'react';
import type { Client } from '../../../shared/contract/client.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { modeNames } from '../../../shared/words.ts';
import { useShortcut } from '../../lib/keys.ts';
import { useNow } from '../../lib/use-now.ts';
import { useWorkspaceTitle } from '../frame/switcher.tsx';
import { BlockedLately } from './blocked-lately.tsx';
import { LiveFeed } from './live-feed.tsx';
import { ModeBar } from './mode-bar.tsx';
import { ReviewBanner } from './review-banner.tsx';
import { RuleStage } from './rule-stage.tsx';
import { SelfTest } from './self-test.tsx';
import { usePresets } from './use-presets.ts';
import { useReading } from './use-reading.ts';
import { useRules } from './use-rules.ts';
import { useSelfTest } from './use-self-test.ts';
import styles from './domains.module.css';

/** While it learns, what was found grows. Milliseconds. */
const readEvery = 10_000;

/** What may leave a workspace, what did, and the proof that nothing else can. */
export function DomainsPage({ workspace }: { readonly workspace: Workspace }): ReactNode {
  const { workspaceId, projectId, mode, state, wall } = workspace;
  const list = useRules(workspaceId);
  const presets = usePresets(workspaceId);
  const test = useSelfTest(workspaceId, wall);
  const title = useWorkspaceTitle(workspace);
  const now = useNow(30_000);
  const [search, setSearch] = useState('');
  const learned = useCallback((client: Client) => client.call('domains.learned', { workspaceId }), [workspaceId]);
  const review = useReading(`${workspaceId} ${mode}`, learned, mode === 'learning' ? readEvery : null);
  useShortcut('testWall', test.run, state.kind === 'running');
  function showRule(id: string): void {
    setSearch('');
    list.show(id);
  }
  return (
    <div className="cols">
      <div className={`grow ${styles.page}`}>
        <ModeBar workspace={workspace} test={test} />
        {test.open ? <SelfTest test={test} /> : null}
        {review.value ? <ReviewBanner workspaceId={workspaceId} review={review.value} now={now} /> : null}
        <RuleStage
          list={list}
          presets={presets.value ?? []}
          search={search}
          onSearch={setSearch}
          name={title}
          projectId={projectId}
          waits={mode === 'restricted' ? undefined : `It waits: the mode is ${modeNames[mode]}`}
        >
          <BlockedLately workspaceId={workspaceId} />
        </RuleStage>
      </div>
      <LiveFeed workspaceId={workspaceId} rules={list.rules ?? undefined} onShowRule={showRule} />
    </div>
  );
}
