import { describe, expect, it } from 'vitest';
import { networkNotes, notePlaces } from './network-note.ts';

const note = '# The network\n\nSay "please".\n';

function contents(image: { readonly claude: string | null; readonly codex: string | null }): Readonly<Record<string, string>> {
  return Object.fromEntries(networkNotes(note, image).map(({ path, content }) => [path, content]));
}

describe('the note about the network', () => {
  it('lies where Claude Code and Codex read it, and where anyone can look', () => {
    expect(contents({ claude: null, codex: null })).toEqual({
      '/etc/forgehold/network.md': note,
      [notePlaces.claude]: note,
      [notePlaces.codex]: String.raw`developer_instructions = "# The network\n\nSay \"please\".\n"` + '\n',
    });
  });

  it('stands behind what an image tells Claude Code, and before the settings that it has for Codex', () => {
    const seen = contents({ claude: 'Use tabs.\n', codex: 'model = "small"\n\n[tui]\ntheme = "dark"\n' });
    expect(seen[notePlaces.claude]).toBe(`Use tabs.\n\n${note}`);
    expect(seen[notePlaces.codex]).toMatch(/^developer_instructions = "[^\n]*"\nmodel = "small"\n\n\[tui\]\ntheme = "dark"\n$/);
  });

  it("leaves an image's own instructions for Codex alone", () => {
    expect(contents({ claude: null, codex: 'developer_instructions = "Use tabs."\n' })).not.toHaveProperty([notePlaces.codex]);
  });
});
