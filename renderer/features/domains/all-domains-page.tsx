import { type ReactNode, useCallback, useState } from 'react';
import { plural } from '../../../shared/format.ts';
import type { Rule } from '../../../shared/model/domain.ts';
import { nameWorkspace } from '../../../shared/words.ts';
import { useSnapshot } from '../../lib/core.tsx';
import { DomainKeys } from '../frame/domain-keys.tsx';
import { EngineStatus } from '../frame/engine-status.tsx';
import { Frame } from '../frame/frame.tsx';
import { LiveFeed } from './live-feed.tsx';
import { RuleStage } from './rule-stage.tsx';
import { usePresets } from './use-presets.ts';
import { useRules } from './use-rules.ts';
import styles from './domains.module.css';

/** The rules of all projects, and what all workspaces try. */
export function AllDomainsPage(): ReactNode {
  const list = useRules(null);
  const presets = usePresets(null);
  const projects = useSnapshot((snapshot) => snapshot.projects);
  const workspaces = useSnapshot((snapshot) => snapshot.workspaces);
  const [search, setSearch] = useState('');
  const nameOf = useCallback(
    (workspaceId: string) => {
      const workspace = workspaces.find((item) => item.workspaceId === workspaceId);
      return workspace ? nameWorkspace(workspace, projects, workspaces) : 'removed';
    },
    [projects, workspaces],
  );
  const projectOf = useCallback(
    ({ scope, projectId, workspaceId }: Rule) => {
      if (scope === 'global') return 'All';
      if (workspaceId !== undefined) return nameOf(workspaceId);
      return projects.find((project) => project.projectId === projectId)?.name ?? 'removed';
    },
    [projects, nameOf],
  );
  const count = list.rules?.length ?? 0;
  return (
    <Frame
      title="Domains"
      titlebar={<span className="med">Domains</span>}
      status={
        <>
          <EngineStatus />
          <span className="num">{plural(count, 'rule')}</span>
          <DomainKeys />
        </>
      }
    >
      <h1 className="sr">Domains of all projects</h1>
      <div className="cols">
        <div className={`grow ${styles.page}`}>
          <RuleStage
            list={list}
            presets={presets.value ?? []}
            search={search}
            onSearch={setSearch}
            name="all projects"
            projectId={projects[0]?.projectId ?? ''}
            projectOf={projectOf}
          />
        </div>
        <LiveFeed
          workspaceId={null}
          rules={list.rules ?? undefined}
          nameOf={nameOf}
          onShowRule={(id) => {
            setSearch('');
            list.show(id);
          }}
        />
      </div>
    </Frame>
  );
}
