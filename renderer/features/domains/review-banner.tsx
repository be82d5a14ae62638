import type { ReactNode } from 'react';
import { plural } from '../../../shared/format.ts';
import type { LearningReview } from '../../../shared/model/domain.ts';
import { useClient } from '../../lib/core.tsx';
import { usePlainKeys } from '../../lib/keys.ts';
import { navigate } from '../../lib/route.ts';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Problem } from '../../ui/problem.tsx';
import { countHosts, learningTime } from './learned.ts';

type Props = { readonly workspaceId: string; readonly review: LearningReview; readonly now: number };

/** Learning found something that waits to be looked at. */
export function ReviewBanner({ workspaceId, review, now }: Props): ReactNode {
  const client = useClient();
  const discard = useAction();
  const open = (): void => navigate({ page: 'learning', workspaceId });
  usePlainKeys({ r: open });
  const { learned, running } = review;
  const fresh = learned.filter((item) => !item.covered).length;
  if (learned.length === 0) return null;
  const covered = learned.length - fresh;
  return (
    <>
      <div className="banner acc" role="status">
        <Icon name="bolt" />
        <p className="grow cut">
          <span className="med">
            Learning {running ? 'has found' : 'found'} {plural(countHosts(learned), 'name')} in {learningTime(review, now)}
            {running ? ' so far' : ''}.
          </span>{' '}
          <span className="dim">
            {covered > 0 ? `${plural(covered, 'line')} your rules let out already, ` : ''}
            {fresh === 0 ? 'nothing would be new.' : `${plural(fresh, 'rule')} would be new.`}
          </span>
        </p>
        <Button hint="R" onClick={open}>
          Review {fresh}
        </Button>
        <Button
          look="quiet"
          icon="x"
          title="Discard what was learned"
          busy={discard.busy}
          onClick={() => void discard.run(() => client.call('domains.discardLearned', { workspaceId }))}
        />
      </div>
      {discard.error ? <Problem error={discard.error} /> : null}
    </>
  );
}
