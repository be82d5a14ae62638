import { AppError } from '../../../shared/errors.ts';
import { formatBytes } from '../../../shared/format-bytes.ts';
import type { Decision } from '../../../shared/model/domain.ts';
import type { Answer, Options, Session } from '../leaf.ts';
import { findWorkspace } from '../names.ts';
import { printJson, UsageError } from '../output.ts';
import { visible } from '../safe-text.ts';
import { type Cell, currentLayout, formatTable } from '../table.ts';

type Given = readonly (string | undefined)[];

const titles = ['TIME', 'VERDICT', 'NAME', 'WHY', 'UP', 'DOWN', 'PROGRAM'] as const;

export async function log({ client, snapshot }: Session, [wanted]: Given, options: Options): Promise<Answer> {
  if (options['all'] === true && wanted !== undefined) throw new UsageError('Name a workspace or give --all, not both.');
  const known = await snapshot();
  const workspaceId = options['all'] === true ? undefined : findWorkspace(known, wanted).workspaceId;
  const verdict = options['blocked'] ? 'blocked' : options['allowed'] ? 'allowed' : undefined;
  const limit = Number(options['limit']);
  if (!Number.isInteger(limit)) throw new UsageError('--limit takes a number.');
  const found = await client.call('domains.decisions', {
    ...{ limit, quiet: options['quiet'] === true },
    ...(workspaceId !== undefined && { workspaceId }),
    ...(verdict && { verdict }),
    ...(typeof options['search'] === 'string' && { search: options['search'] }),
  });
  const nameOf = new Map(known.workspaces.map((one) => [one.workspaceId, one.name]));
  return {
    json: found,
    text: () =>
      workspaceId === undefined
        ? formatTable(
            ['WORKSPACE', ...titles],
            found.map((one) => [nameOf.get(one.workspaceId) ?? one.workspaceId, ...toRow(one)]),
            currentLayout(),
          )
        : formatTable(titles, found.map(toRow), currentLayout()),
  };
}

export async function watch({ client, snapshot, json }: Session, [wanted]: Given): Promise<void> {
  const known = await snapshot();
  const only = wanted === undefined ? null : findWorkspace(known, wanted).workspaceId;
  const nameOf = new Map(known.workspaces.map(({ workspaceId, name }) => [workspaceId, name]));
  client.on('domains.decided', (decision) => {
    if (only !== null && decision.workspaceId !== only) return;
    if (json) return printJson(decision);
    const cells = toRow(decision).map((cell) => visible(typeof cell === 'string' ? cell : cell.text));
    process.stdout.write(`${visible(nameOf.get(decision.workspaceId) ?? decision.workspaceId)}  ${cells.filter(Boolean).join('  ')}\n`);
  });
  await client.closed;
  throw new AppError('connection/lost', 'The core has ended.');
}

function sizeOf(bytes: number | undefined): string {
  return bytes === undefined ? '' : formatBytes(bytes);
}

function toRow({ time, verdict, host, port, reason, bytesUp, bytesDown, program = '' }: Decision): Cell[] {
  const judged: Cell = { text: verdict, style: verdict === 'allowed' ? 'good' : 'bad' };
  return [time.slice(11, 19), judged, `${host}:${port}`, reason, sizeOf(bytesUp), sizeOf(bytesDown), program];
}
