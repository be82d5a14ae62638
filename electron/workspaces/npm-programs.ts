import { containerPaths } from '../engine/names.ts';

/**
 * Where `npm` and `npx` lie in a container: last on its PATH, so that an image's own go before them. Named by npm's folder, so that
 * another version of npm makes another PATH, and with it another container.
 */
export function programsFolder(npm: string): string {
  return `${containerPaths.programs}/${npm.split('/').slice(-2).join('-')}`;
}

/** Files of the root user that make the npm of the tools volume usable, by their paths. Programs have mode 0755. */
export function npmFiles(npm: string, node: string): readonly { readonly name: string; readonly content: string; readonly mode: number }[] {
  const folder = programsFolder(npm).slice(1);
  return [
    { name: `${folder}/npm`, content: program(node, `${npm}/bin/npm-cli.js`), mode: 0o755 },
    { name: `${folder}/npx`, content: program(node, `${npm}/bin/npx-cli.js`), mode: 0o755 },
    // What `npm install --global` installs goes to the agent's home: the tools volume cannot be written.
    { name: `${folder}/npmrc`, content: 'prefix=${HOME}/.local\nfund=false\nupdate-notifier=false\n', mode: 0o644 },
  ];
}

/** The user's own npmrc, and a global one he names, go before ours. */
function program(node: string, script: string): string {
  return `#!/bin/sh\n: "\${npm_config_globalconfig:=\${0%/*}/npmrc}"\nexport npm_config_globalconfig\nexec '${node}' '${script}' "$@"\n`;
}
