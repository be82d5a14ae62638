import type { ReactNode } from 'react';
import { shortenPath } from '../../../shared/format.ts';
import type { Project } from '../../../shared/model/project.ts';
import { splitUrl } from '../create/path-input.ts';
import styles from './projects.module.css';

/** Under a project's name: its folder, or the host and path it is cloned from. A host's right end, which says whose it is, is never cut. */
export function Place({ project }: { readonly project: Project }): ReactNode {
  const url = project.kind === 'clone' ? splitUrl(project.url ?? '') : null;
  if (!url) return <span className="sub">{shortenPath(project.url ?? project.path, 34)}</span>;
  return (
    <span className={`sub ${styles.url}`}>
      <span className={`host ${styles.urlHost}`}>
        <bdi>{url.host}</bdi>
      </span>
      <span className={styles.urlPath}>/{url.path}</span>
    </span>
  );
}
