import type { ITheme } from '@xterm/xterm';
import type { TerminalColours } from '../../shared/model/terminal.ts';

const ansi = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

/** The terminal's colours as the tokens have them in the present theme. */
export function readTheme(): ITheme {
  const probe = document.createElement('span');
  document.body.append(probe);
  function colour(token: string): string {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  }
  const theme: ITheme = {
    background: colour('--bg-term'),
    foreground: colour('--term-fg'),
    cursor: colour('--term-cursor'),
    cursorAccent: colour('--bg-term'),
    selectionBackground: colour('--term-select'),
  };
  for (const [at, name] of ansi.entries()) {
    theme[name] = colour(`--ansi-${at}`);
    theme[`bright${name[0]!.toUpperCase()}${name.slice(1)}` as keyof Pick<ITheme, 'brightBlack'>] = colour(`--ansi-${at + 8}`);
  }
  probe.remove();
  return theme;
}

/** What programs that ask are told, as `#rrggbb`. */
export function readColours(): TerminalColours {
  const { foreground, background } = readTheme();
  return { foreground: toHex(foreground ?? ''), background: toHex(background ?? '') };
}

/** "rgb(13, 14, 16)", as browsers give an opaque colour. */
export function toHex(colour: string): string {
  const parts = colour.match(/\d+/g) ?? [];
  return `#${parts
    .slice(0, 3)
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join('')}`;
}

/** Tells the new colours when the theme changes: the system's, or the one set on the page. */
export function watchTheme(onChange: (theme: ITheme) => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const tell = (): void => onChange(readTheme());
  system.addEventListener('change', tell);
  const page = new MutationObserver(tell);
  page.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    system.removeEventListener('change', tell);
    page.disconnect();
  };
}
