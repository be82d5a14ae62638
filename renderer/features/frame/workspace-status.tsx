import type { ReactNode } from 'react';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { formatMemory, formatSince, plural } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { agentNames, describeWall } from '../../lib/words.ts';
import { Icon } from '../../ui/icon.tsx';
import { EngineStatus } from './engine-status.tsx';

/** Facts of the workspace under its pages. */
export function WorkspaceStatus({ workspace, tab }: { readonly workspace: Workspace; readonly tab: 'terminals' | 'domains' }): ReactNode {
  const now = useNow(30_000);
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
        <>
          <span className="row wide">
            <kbd>/</kbd>search
          </span>
          <span className="row wide">
            <kbd>⌫</kbd>remove, ends its connections
          </span>
          <span className="end" />
          <span className="wide">Direct addresses, UDP and ICMP are refused too, but leave no record</span>
        </>
      ) : (
        <>
          <span className="end" />
          <span className="row wide">
            <kbd>F6</kbd>next region
          </span>
          <span className="wide">{agentNames[workspace.agent]}</span>
          <span className="num">
            {plural(workspace.limits.cpus, 'CPU')}, {formatMemory(workspace.limits.memoryMb)}
          </span>
          <EngineStatus />
        </>
      )}
    </>
  );
}
