import type { SettingsSection } from '../../lib/route.ts';

type SectionTitle = { readonly section: SettingsSection; readonly title: string; readonly words: string };

/** The sections in their order, and the words they are looked for by. */
const sectionTitles: readonly SectionTitle[] = [
  { section: 'general', title: 'General', words: 'version data folder installation' },
  { section: 'app', title: 'This app', words: 'tray icon notifications open at login updates version command path window' },
  { section: 'appearance', title: 'Appearance', words: 'theme light dark text size colours' },
  { section: 'terminal', title: 'Terminal', words: 'scrollback history font size disconnect key' },
  { section: 'agents', title: 'Agents', words: 'api key claude codex custom version own files hooks imports' },
  { section: 'network', title: 'Network', words: 'subnet range certificate authority ca bundle proxy' },
  { section: 'engines', title: 'Engines', words: 'docker context remote ssh tls socket host' },
  { section: 'defaults', title: 'New workspaces', words: 'defaults cpu memory limits image environment mounts options' },
  { section: 'storage', title: 'Storage', words: 'disk space free reclaim volumes images' },
  { section: 'keyboard', title: 'Keyboard', words: 'shortcuts keys chords' },
  { section: 'doctor', title: 'Doctor', words: 'checks health problems' },
];

/** A browser has no window of ours around it. */
export function shownSections(inWindow: boolean): readonly SectionTitle[] {
  return inWindow ? sectionTitles : sectionTitles.filter(({ section }) => section !== 'app');
}
