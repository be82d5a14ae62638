/** In the background: no window before somebody asks for one. */
export const backgroundSwitch = '--background';

/** The desktop entry that starts the app with the session (https://specifications.freedesktop.org/autostart-spec, desktop-entry-spec "Exec"). */
export function buildAutostartEntry(command: readonly string[]): string {
  const lines = ['[Desktop Entry]', 'Type=Application', 'Name=Forgehold', `Exec=${[...command, backgroundSwitch].map(quoteArgument).join(' ')}`];
  return `${[...lines, 'Icon=forgehold', 'Terminal=false', 'X-GNOME-Autostart-enabled=true'].join('\n')}\n`;
}

/** Quoted as the specification asks: once for the argument, once more for the string that holds it; a percent sign is a field code. */
function quoteArgument(argument: string): string {
  const quoted = /^[\w@+=:,./-]+$/.test(argument) ? argument : `"${argument.replaceAll(/["`$\\]/g, String.raw`\$&`)}"`;
  return quoted.replaceAll('\\', '\\\\').replaceAll('%', '%%');
}
