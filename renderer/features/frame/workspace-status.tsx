import type { ReactNode } from 'react';
import { formatMemory, formatSince, plural } from '../../../shared/format.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { describeWall } from '../../../shared/words.ts';
import { useRoute } from '../../lib/route.ts';
import { useNow } from '../../lib/use-now.ts';
import { Icon } from '../../ui/icon.tsx';
import { DomainKeys, LearningKeys } from './domain-keys.tsx';
import { EngineStatus } from './engine-status.tsx';

/** Facts of the workspace under its pages. */
export function WorkspaceStatus({ workspace, tab }: { readonly workspace: Workspace; readonly tab: 'terminals' | 'domains' | 'logs' | 'edit' }): ReactNode {
  const now = useNow(30_000);
  const { page } = useRoute();
  const wall = describeWall(workspace);
  const words =
    workspace.wall.kind === 'standing'
      ? `Wall tested ${formatSince(workspace.wall.testedAt, now)}`
      : workspace.wall.kind === 'down'
        ? 'No network: the wall is down'
        : wall.title;
  return (
    <>
      <span className={`row ${wall.tone === 'faint' ? '' : wall.tone}`} title={wall.title}>
        <Icon name={wall.icon} />
        {words}
      </span>
      <span className="num">{plural(workspace.rules, 'rule')}</span>
      {tab === 'domains' ? (
        page === 'learning' ? (
          <LearningKeys />
        ) : (
          <DomainKeys />
        )
      ) : tab === 'logs' ? (
        <>
          <span className="end" />
          <span className="row wide">
            <kbd>/</kbd>search
          </span>
          <span className="row wide">
            <kbd>↵</kbd>next find
          </span>
          <span className="row wide">
            <kbd>End</kbd>follow
          </span>
        </>
      ) : (
        <>
          <span className="end" />
          <span className="row wide">
            <kbd>F6</kbd>next region
          </span>
          <span className="wide">{workspace.agentTitle}</span>
          <span className="num">
            {plural(workspace.limits.cpus, 'CPU')}, {formatMemory(workspace.limits.memoryMb)}
          </span>
          <EngineStatus />
        </>
      )}
    </>
  );
}
