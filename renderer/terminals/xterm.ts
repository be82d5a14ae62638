import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { SerializeAddon } from '@xterm/addon-serialize';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { currentShell } from '../lib/shell.ts';
import { decodeCopy, safeLink } from './policy.ts';
import { readTheme } from './theme.ts';

export type Xterm = { readonly terminal: Terminal; readonly fit: FitAddon; readonly search: SearchAddon; readonly serialize: SerializeAddon };

/** An xterm as all our terminals are. Lines of scrollback as in the core: 10,000 lines of 120 cells hold about 15 MB. */
export function createXterm(): Xterm {
  const style = getComputedStyle(document.documentElement);
  const terminal = new Terminal({
    allowProposedApi: true,
    // xterm writes an error with its whole state for each byte that is no VT; a program may print millions.
    logLevel: 'off',
    fontFamily: style.getPropertyValue('--font-mono'),
    fontSize: Number.parseFloat(style.getPropertyValue('--term-size')),
    lineHeight: 1.15,
    scrollback: 10_000,
    minimumContrastRatio: 4.5,
    cursorInactiveStyle: 'outline',
    linkHandler: { activate: (_event, uri) => openLink(uri) },
    theme: readTheme(),
  });
  const xterm = { terminal, fit: new FitAddon(), search: new SearchAddon(), serialize: new SerializeAddon() };
  for (const addon of [xterm.fit, xterm.search, xterm.serialize, new Unicode11Addon(), new WebLinksAddon((_event, uri) => openLink(uri))])
    terminal.loadAddon(addon);
  terminal.unicode.activeVersion = '11';
  leaveAnswersToTmux(terminal);
  terminal.parser.registerOscHandler(52, copyToClipboard);
  return xterm;
}

/** tmux answers these itself (DA1, DA2, DSR and CPR, XTVERSION, and the colours of OSC 10 and 11 with those of the theme); a second answer from here would be typed into the program. */
function leaveAnswersToTmux({ parser }: Terminal): void {
  for (const id of [{ final: 'c' }, { prefix: '>', final: 'c' }, { final: 'n' }, { prefix: '>', final: 'q' }]) parser.registerCsiHandler(id, () => true);
  for (const id of [10, 11]) parser.registerOscHandler(id, (data) => data.includes('?'));
}

/** Programs may put text on the clipboard while somebody looks; they may never read it. */
function copyToClipboard(data: string): boolean {
  const text = decodeCopy(data);
  // A page without the user's focus may not write; then nothing is copied.
  if (text !== null && document.hasFocus()) navigator.clipboard.writeText(text).catch(() => {});
  return true;
}

function openLink(uri: string): void {
  const safe = safeLink(uri);
  if (!safe) return;
  const shell = currentShell();
  // The desktop's page opens no windows; the browser of the user is asked for.
  if (shell) shell.call('shell.openExternal', { url: safe }).catch(() => {});
  else window.open(safe, '_blank', 'noopener,noreferrer');
}
