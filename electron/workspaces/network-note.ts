import type { ContainerFile } from './container-files.ts';

/** What agents read by themselves, whoever starts them: https://code.claude.com/docs/en/memory, https://developers.openai.com/codex/config-basic. */
export const notePlaces = { claude: '/etc/claude-code/CLAUDE.md', codex: '/etc/codex/config.toml' } as const;

/** What an image brings at those places; null: nothing. */
export type ImageNotes = Readonly<Record<keyof typeof notePlaces, string | null>>;

/**
 * Tells agents that they are behind the wall, and what to do about a block, where they see it without being told to look: in the
 * machine's own instructions, which leave the user's and the project's as they are. What an image says there stands before it.
 */
export function networkNotes(note: string, image: ImageNotes): readonly ContainerFile[] {
  const codex = image.codex ?? '';
  const notes: readonly (readonly [path: string, content: string])[] = [
    ['/etc/forgehold/network.md', note],
    [notePlaces.claude, image.claude === null ? note : `${image.claude.trimEnd()}\n\n${note}`],
    // A setting of Codex's that an image has made for itself stays. Settings of the whole file stand before its first table; JSON's strings are TOML's.
    ...(/^\s*developer_instructions\s*=/m.test(codex) ? [] : [[notePlaces.codex, `developer_instructions = ${JSON.stringify(note)}\n${codex}`] as const]),
  ];
  return notes.map(([path, content]) => ({ path, content, mode: 0o644 }));
}
