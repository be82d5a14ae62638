import type { ReactNode } from 'react';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { describeWall } from '../../../shared/words.ts';
import { keyLabel } from '../../lib/keys.ts';
import { navigate } from '../../lib/route.ts';
import { Icon } from '../../ui/icon.tsx';
import { reopenAsks, useBlocked } from '../blocked/asks.ts';
import { terminalsRoute } from '../workspace/panes.ts';

/** The home of all that concerns the network: the mode, whether the wall stands, and the names that wait. */
export function Shield({ workspace }: { readonly workspace: Workspace }): ReactNode {
  const wall = describeWall(workspace);
  const blocked = useBlocked(workspace.workspaceId).total;
  function open(): void {
    if (blocked > 0) reopenAsks(workspace.workspaceId);
    navigate(blocked > 0 ? terminalsRoute(workspace.workspaceId) : { page: 'domains', workspaceId: workspace.workspaceId });
  }
  return (
    <button
      type="button"
      className="btn quiet"
      data-shield={wall.icon}
      title={blocked > 0 ? `${wall.title}. Blocked names wait for you  ${keyLabel('answer')}` : wall.title}
      onClick={open}
    >
      <Icon name={wall.icon} tone={wall.tone} />
      <span className={wall.tone === 'bad' ? 'bad' : 'wide'}>{wall.word}</span>
      {blocked > 0 ? <span className="tag warn num">{blocked.toLocaleString('en')} blocked</span> : null}
    </button>
  );
}
