import type { ReactNode } from 'react';
import type { Project } from '../../../shared/model/project.ts';
import { Host } from '../../ui/host.tsx';
import { splitUrl } from './path-input.ts';
import styles from './create.module.css';

/** Where a project is: its folder, or the repository it is cloned from, whose host stays whole at its right end. */
export function ProjectPlace({ project }: { readonly project: Project }): ReactNode {
  const url = project.kind === 'clone' ? splitUrl(project.url ?? '') : null;
  const whole = project.url ?? project.path;
  return (
    <p className={`sm faint mono row ${styles.place}`} title={whole} data-place>
      {url ? (
        <>
          <Host host={url.host} />
          <span className="cut">/{url.path}</span>
        </>
      ) : (
        <span className="cut">
          <bdi>{whole}</bdi>
        </span>
      )}
    </p>
  );
}
