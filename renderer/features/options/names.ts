import type { OptionName, OptionSource } from '../../../shared/model/options.ts';
import type { NetworkMode } from '../../../shared/model/workspace-parts.ts';

/** What an option is called on the screen. */
export const optionLabels = {
  mode: 'Network',
  env: 'Environment',
  cpus: 'CPUs',
  memoryMb: 'Memory',
  pidsLimit: 'Processes',
  image: 'Image',
  command: 'Command',
  mounts: 'Mounts',
  caches: 'Caches',
  groups: 'Groups',
  networks: 'Networks',
  workingFolder: 'Working folder',
  labels: 'Labels',
  systemPackages: 'System packages',
  agentVersion: 'Agent version',
  skipPermissions: 'Permissions',
  model: 'Model',
  extraArguments: 'Arguments',
  domains: 'Domains',
} as const satisfies Record<OptionName, string>;

/** Where a value comes from, said beside it. */
export const sourceWords = {
  workspace: 'set here',
  'project-file': 'from the project’s file',
  project: 'from the project',
  installation: 'your default',
  'built-in': 'default',
} as const satisfies Record<OptionSource, string>;

/** "CPUs, memory and image". */
export function listOptions(names: readonly OptionName[]): string {
  const words = names.map((name, at) => (at === 0 || name === 'cpus' ? optionLabels[name] : optionLabels[name].toLowerCase()));
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Modes that last. Learning ends by itself, so it is begun where its end is seen, and stands here only while it is what holds. */
export function offeredModes(present: NetworkMode): readonly NetworkMode[] {
  return present === 'learning' ? ['restricted', 'learning', 'full', 'none'] : ['restricted', 'full', 'none'];
}
