import type { WorkspaceOptions } from '../../../shared/model/options.ts';
import { modeNames } from '../../../shared/words.ts';
import { optionNames, writeDraft } from './draft.ts';
import { optionLabels } from './names.ts';

export type Described = { readonly label: string; readonly value: string };

/** Options as a reader is told them, in the order of the contract. What they hold may be a stranger's: show it as text only. */
export function describeOptions(options: WorkspaceOptions): readonly Described[] {
  const texts = writeDraft(options);
  return optionNames.flatMap((name) => (options[name] === undefined ? [] : [{ label: optionLabels[name], value: describe(name, options, texts[name]) }]));
}

function describe(name: keyof WorkspaceOptions, options: WorkspaceOptions, text: unknown): string {
  if (name === 'mode') return modeNames[options.mode!];
  if (name === 'memoryMb') return `${String(text)} GB`;
  if (name === 'mounts')
    return (options.mounts ?? [])
      .map((mount) => `${mount.source}${mount.target ? ` at ${mount.target}` : ''}, ${mount.readOnly ? 'read-only' : 'writable'}`)
      .join('\n');
  if (name === 'systemPackages') return options.systemPackages ? 'Allowed' : 'Not allowed';
  if (name === 'skipPermissions') return options.skipPermissions ? 'No permission prompts' : 'The agent asks';
  return String(text) || 'None';
}
