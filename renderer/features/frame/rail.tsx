import type { ReactNode } from 'react';
import { keyLabel, useShortcut } from '../../lib/keys.ts';
import { navigate, projectsRoute } from '../../lib/route.ts';
import { Icon } from '../../ui/icon.tsx';

/** All projects. It shows what there is: the other nouns come with their pages. */
export function Rail(): ReactNode {
  useShortcut('rail1', () => navigate(projectsRoute));
  return (
    <nav className="rail" aria-label="All projects" data-region="rail">
      <a href="#/projects" title={`Projects  ${keyLabel('rail1')}`} aria-current="page">
        <Icon name="projects" />
        <span>Projects</span>
      </a>
    </nav>
  );
}
