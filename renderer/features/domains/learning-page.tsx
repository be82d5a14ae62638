import { type ReactNode, useCallback, useState } from 'react';
import type { Client } from '../../../shared/contract/client.ts';
import { plural } from '../../../shared/format.ts';
import type { LearningReview } from '../../../shared/model/domain.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { useClient } from '../../lib/core.tsx';
import { keyLabel, useShortcut } from '../../lib/keys.ts';
import { formatRoute, navigate } from '../../lib/route.ts';
import { useAction } from '../../lib/use-action.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { LearnedTable } from './learned-table.tsx';
import { type LearnedChanges, acceptedOf, applyChanges, countHosts, learningTime } from './learned.ts';
import { LiveFeed } from './live-feed.tsx';
import { ModeBar } from './mode-bar.tsx';
import { SelfTest } from './self-test.tsx';
import { usePresets } from './use-presets.ts';
import { useReading } from './use-reading.ts';
import { useRules } from './use-rules.ts';
import { useSelfTest } from './use-self-test.ts';
import styles from './domains.module.css';

/** While it learns, what was found grows. Milliseconds. */
const readEvery = 5_000;

/** The smallest list that would have let out what was seen while learning, to be ticked and made the project's rules. */
export function LearningPage({ workspace }: { readonly workspace: Workspace }): ReactNode {
  const { workspaceId, mode, wall } = workspace;
  const test = useSelfTest(workspaceId, wall);
  const { rules } = useRules(workspaceId);
  const read = useCallback((client: Client) => client.call('domains.learned', { workspaceId }), [workspaceId]);
  const review = useReading(`${workspaceId} ${mode}`, read, mode === 'learning' ? readEvery : null);
  const nothing = review.value === null || review.value.learned.length === 0;
  return (
    <div className="cols">
      <div className={`grow ${styles.page}`}>
        <ModeBar workspace={workspace} test={test} />
        {test.open ? <SelfTest test={test} /> : null}
        {review.error ? <Problem error={review.error} /> : null}
        {review.value && !nothing ? <Review workspace={workspace} review={review.value} /> : <Nothing workspace={workspace} />}
      </div>
      <div className={styles.wideOnly}>
        <LiveFeed workspaceId={workspaceId} rules={rules ?? undefined} note={mode === 'learning' || mode === 'full' ? 'logged, not limited' : undefined} />
      </div>
    </div>
  );
}

function Nothing({ workspace: { workspaceId, mode } }: { readonly workspace: Workspace }): ReactNode {
  const client = useClient();
  const start = useAction();
  const learns = mode === 'learning';
  return (
    <div className="center grow">
      <div className="tellings">
        <h2>{learns ? 'Nothing has gone out yet' : 'There is nothing to review'}</h2>
        <p className="dim">
          {learns
            ? 'Let the agent work, or run the tests: each name that goes out is listed here, by the program that asked for it.'
            : 'In mode Learning every public name gets out for an hour, and is logged. Then the smallest list that would have done is proposed here.'}
        </p>
        {start.error ? <Problem error={start.error} /> : null}
        <div className="row">
          {learns ? null : (
            <Button busy={start.busy} onClick={() => void start.run(() => client.call('domains.setMode', { workspaceId, mode: 'learning' }))}>
              Learn for an hour
            </Button>
          )}
          <a className="btn quiet" href={formatRoute({ page: 'domains', workspaceId })}>
            Show the rules <kbd>{keyLabel('tab2')}</kbd>
          </a>
        </div>
      </div>
    </div>
  );
}

type ReviewProps = { readonly workspace: Workspace; readonly review: LearningReview };

function Review({ workspace, review }: ReviewProps): ReactNode {
  const client = useClient();
  const now = useNow(30_000);
  const action = useAction();
  const { workspaceId, mode } = workspace;
  const presets = usePresets(workspaceId);
  const [changes, setChanges] = useState<LearnedChanges>({});
  const lines = applyChanges(review.learned, changes);
  const accepted = acceptedOf(lines);
  const toRules = (): void => navigate({ page: 'domains', workspaceId });
  async function accept(): Promise<void> {
    if (await action.run(() => client.call('domains.acceptLearned', { workspaceId, rules: [...accepted] }))) toRules();
  }
  async function discard(): Promise<void> {
    if (await action.run(() => client.call('domains.discardLearned', { workspaceId }))) toRules();
  }
  async function keepLearning(): Promise<void> {
    if (mode === 'learning' || (await action.run(() => client.call('domains.setMode', { workspaceId, mode: 'learning' })))) toRules();
  }
  useShortcut('submit', () => void accept());
  const stay = new Set(lines.flatMap((line) => (line.covered && line.preset !== undefined ? [line.preset] : []))).size;
  return (
    <>
      <div className={styles.scroll}>
        <div className={styles.ttl}>
          <h2>
            {plural(countHosts(review.learned), 'name')} in {learningTime(review, now)}
          </h2>
          <p className="sm dim">The smallest list that would have let all of it through. Untick what the work does not need.</p>
        </div>
        <LearnedTable
          lines={lines}
          presets={presets.value ?? []}
          onChange={(original, change) => setChanges((last) => ({ ...last, [original]: { ...last[original], ...change } }))}
        />
      </div>
      {action.error ? <Problem error={action.error} /> : null}
      <div className="foot" data-region="accept">
        <span className="sm dim grow cut" role="status">
          {accepted.length === 0 ? 'Adds nothing.' : `Adds ${plural(accepted.length, 'rule')} to the project.`}{' '}
          {stay > 0 ? `${plural(stay, 'preset')} ${stay === 1 ? 'stays' : 'stay'} on.` : ''}
        </span>
        <Button look="quiet" busy={action.busy} onClick={() => void discard()}>
          Discard
        </Button>
        <Button busy={action.busy} onClick={() => void keepLearning()}>
          {mode === 'learning' ? 'Keep learning' : 'Learn on'}
        </Button>
        <Button look="primary" shortcut="submit" busy={action.busy} onClick={() => void accept()}>
          Accept and restrict
        </Button>
      </div>
    </>
  );
}
