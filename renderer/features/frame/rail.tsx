import type { ReactNode } from 'react';
import { keyLabel, useShortcut } from '../../lib/keys.ts';
import { type Route, formatRoute, navigate, projectsRoute, useRoute } from '../../lib/route.ts';
import { Icon } from '../../ui/icon.tsx';

const allTerminals: Route = { page: 'all-terminals' };
const allDomains: Route = { page: 'all-domains' };
const settings: Route = { page: 'settings', section: 'general' };

/** All projects. It shows what there is: the other nouns come with their pages. */
export function Rail(): ReactNode {
  const { page } = useRoute();
  useShortcut('rail1', () => navigate(projectsRoute));
  useShortcut('rail2', () => navigate(allTerminals));
  useShortcut('rail3', () => navigate(allDomains));
  useShortcut('settings', () => navigate(settings));
  const current = page === 'settings' || page === 'all-terminals' || page === 'all-domains' ? page : 'projects';
  return (
    <nav className="rail" aria-label="All projects" data-region="rail">
      <a href={formatRoute(projectsRoute)} title={`Projects  ${keyLabel('rail1')}`} aria-current={current === 'projects' ? 'page' : undefined}>
        <Icon name="projects" />
        <span>Projects</span>
      </a>
      <a
        href={formatRoute(allTerminals)}
        title={`Terminals, all projects  ${keyLabel('rail2')}`}
        aria-current={current === 'all-terminals' ? 'page' : undefined}
      >
        <Icon name="terminals" />
        <span>Terminals</span>
      </a>
      <a href={formatRoute(allDomains)} title={`Domains, all projects  ${keyLabel('rail3')}`} aria-current={current === 'all-domains' ? 'page' : undefined}>
        <Icon name="domains" />
        <span>Domains</span>
      </a>
      <a
        className="gap"
        href={formatRoute(settings)}
        title={`Settings and doctor  ${keyLabel('settings')}`}
        aria-current={current === 'settings' ? 'page' : undefined}
      >
        <Icon name="settings" />
        <span>Settings</span>
      </a>
    </nav>
  );
}
