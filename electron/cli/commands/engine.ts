import type { Command } from 'commander';
import { AppError } from '../../../shared/errors.ts';
import { type Answer, leaf, type Session } from '../leaf.ts';
import { visible } from '../safe-text.ts';
import { type Cell, currentLayout, formatTable } from '../table.ts';

export function declareCommands(group: Command): void {
  leaf(group, 'list', 'The engines Forgehold knows of: settings, Docker contexts, DOCKER_HOST, known sockets.', ['engine list'], list);
  leaf(
    group,
    'probe <engine>',
    'Try an address, or the engine of this id, once. Exit status 1 when it does not answer.',
    ['engine probe default', 'engine probe ssh://me@build.example'],
    probe,
  );
}

async function list({ client }: Session): Promise<Answer> {
  const engines = await client.call('engines.list', {});
  return {
    json: engines,
    text: () => {
      const rows = engines.map(({ engineId, address, origin, local, projects, state }): Cell[] => {
        const shown: Cell = state === undefined ? '' : { text: state.kind, style: state.kind === 'connected' ? 'good' : 'warn' };
        return [engineId, origin, local ? 'here' : 'elsewhere', shown, String(projects), address];
      });
      return formatTable(['ENGINE', 'FROM', 'WHERE', 'STATE', 'PROJECTS', 'ADDRESS'], rows, currentLayout());
    },
  };
}

async function probe({ client, json }: Session, [engine]: readonly (string | undefined)[]): Promise<Answer> {
  const found = await client.call('engines.probe', { engine: engine! });
  if (found.kind === 'fails' && !json) throw new AppError('engine/unreachable', found.reason);
  if (found.kind === 'fails') process.exitCode = 1;
  return {
    json: found,
    text: () =>
      found.kind === 'answers'
        ? `${visible(`${found.address} answers: ${found.version}, API ${found.apiVersion}, ${found.os}${found.rootless ? ', rootless' : ''}`)}\n`
        : '',
  };
}
