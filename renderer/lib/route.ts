import { useSyncExternalStore } from 'react';
import { projectIdSchema, terminalIdSchema, workspaceIdSchema } from '../../shared/model/ids.ts';

export type ProjectsSheet =
  | { readonly kind: 'add' }
  | { readonly kind: 'guide' }
  | { readonly kind: 'create'; readonly projectId: string }
  | { readonly kind: 'project'; readonly projectId: string }
  | { readonly kind: 'progress'; readonly workspaceId: string };

export const settingsSections = [
  'general',
  'app',
  'appearance',
  'terminal',
  'agents',
  'network',
  'engines',
  'defaults',
  'storage',
  'keyboard',
  'doctor',
] as const;
export type SettingsSection = (typeof settingsSections)[number];

export type LogRole = 'agent' | 'gateway';

/** Where the user is. It lives in the address, so a reload or the back button keeps it. */
export type Route =
  | { readonly page: 'projects'; readonly sheet: ProjectsSheet | null }
  | { readonly page: 'terminals'; readonly workspaceId: string; readonly panes: readonly string[] }
  | { readonly page: 'domains'; readonly workspaceId: string }
  | { readonly page: 'learning'; readonly workspaceId: string }
  | { readonly page: 'edit'; readonly workspaceId: string }
  | { readonly page: 'logs'; readonly workspaceId: string; readonly role: LogRole }
  | { readonly page: 'all-terminals' }
  | { readonly page: 'all-domains' }
  | { readonly page: 'settings'; readonly section: SettingsSection };

/** Anything unreadable leads home. */
export function parseRoute(hash: string): Route {
  const [page, first, second, third] = hash.replace(/^#\/?/, '').split('/');
  if (page === 'w' && workspaceIdSchema.safeParse(first).success) {
    if (second === 'domains') return { page: third === 'learning' ? 'learning' : 'domains', workspaceId: first! };
    if (second === 'logs') return { page: 'logs', workspaceId: first!, role: third === 'gateway' ? 'gateway' : 'agent' };
    if (second === 'settings') return { page: 'edit', workspaceId: first! };
    const panes = (third ?? '').split('+').filter((id) => terminalIdSchema.safeParse(id).success);
    return { page: 'terminals', workspaceId: first!, panes: [...new Set(panes)].slice(0, 2) };
  }
  if (page === 'terminals') return { page: 'all-terminals' };
  if (page === 'domains') return { page: 'all-domains' };
  if (page === 'settings') return { page: 'settings', section: settingsSections.find((section) => section === first) ?? 'general' };
  return { page: 'projects', sheet: parseSheet(first, second) };
}

function parseSheet(kind: string | undefined, id: string | undefined): ProjectsSheet | null {
  if (kind === 'add' || kind === 'guide') return { kind };
  if (kind === 'new' && projectIdSchema.safeParse(id).success) return { kind: 'create', projectId: id! };
  if (kind === 'project' && projectIdSchema.safeParse(id).success) return { kind: 'project', projectId: id! };
  if (kind === 'starting' && workspaceIdSchema.safeParse(id).success) return { kind: 'progress', workspaceId: id! };
  return null;
}

export function formatRoute(route: Route): string {
  switch (route.page) {
    case 'terminals':
      return `#/w/${route.workspaceId}/terminals${route.panes.length > 0 ? `/${route.panes.join('+')}` : ''}`;
    case 'domains':
      return `#/w/${route.workspaceId}/domains`;
    case 'learning':
      return `#/w/${route.workspaceId}/domains/learning`;
    case 'logs':
      return `#/w/${route.workspaceId}/logs${route.role === 'gateway' ? '/gateway' : ''}`;
    case 'all-terminals':
      return '#/terminals';
    case 'all-domains':
      return '#/domains';
    case 'settings':
      return `#/settings/${route.section}`;
    case 'edit':
      return `#/w/${route.workspaceId}/settings`;
    case 'projects':
      return `#/projects${formatSheet(route.sheet)}`;
  }
}

function formatSheet(sheet: ProjectsSheet | null): string {
  switch (sheet?.kind) {
    case undefined:
      return '';
    case 'add':
      return '/add';
    case 'guide':
      return '/guide';
    case 'create':
      return `/new/${sheet.projectId}`;
    case 'project':
      return `/project/${sheet.projectId}`;
    case 'progress':
      return `/starting/${sheet.workspaceId}`;
  }
}

export const projectsRoute: Route = { page: 'projects', sheet: null };

/** `replace` leaves no entry in the history: for what follows from a step the user did not take. */
export function navigate(route: Route, options: { readonly replace?: boolean } = {}): void {
  const hash = formatRoute(route);
  if (hash === location.hash) return;
  if (options.replace) history.replaceState(null, '', hash);
  else history.pushState(null, '', hash);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  addEventListener('popstate', listener);
  return () => {
    removeEventListener('hashchange', listener);
    removeEventListener('popstate', listener);
  };
}

let last: { readonly hash: string; readonly route: Route } | null = null;
function current(): Route {
  if (last?.hash !== location.hash) last = { hash: location.hash, route: parseRoute(location.hash) };
  return last.route;
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, current);
}
