import { plural } from '../../../shared/format.ts';
import type { Blocked } from '../../../shared/model/domain.ts';
import type { Intent } from '../../../shared/model/shell.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import { canAllow } from '../../../shared/words.ts';
import type { AttentionItem } from './attention.ts';
import { isPlainHost, plainHost } from './plain-text.ts';

/** A name that can be answered where it is told. `host` as `domains.answer` takes it. */
export type BlockedName = { readonly workspaceId: string; readonly host: string; readonly ports: readonly number[] };

type BlockedHere = Snapshot['blocked'][number];

/** So many blocked names of a workspace stand for themselves; more become one matter. */
const mostNames = 3;
const usualPorts: ReadonlySet<number> = new Set([80, 443]);

/** One matter for each name that a workspace was refused, whatever its ports; one for all of them when they are many. `name` is the workspace's, made plain. */
export function toBlocked({ workspaceId, hosts, total }: BlockedHere, name: string): readonly AttentionItem[] {
  const names = Map.groupBy(hosts, ({ host }) => host);
  // The list holds the newest of them; a name with several ports stands in it several times.
  const count = total > hosts.length ? total : names.size;
  const all = `blocked:${workspaceId}`;
  if (count > mostNames) {
    const title = `${plural(count, 'domain')} blocked in ${name}`;
    return [{ id: all, count, title, body: 'Review what may get out.', intent: { kind: 'workspace', workspaceId, tab: 'domains' } }];
  }
  const intent: Intent = { kind: 'workspace', workspaceId };
  return [...names].map(([host, tries]) => ({
    ...{ id: `${all}:${host}`, partOf: all, count: 1, intent },
    title: `${plainHost(host)}${portsOf(tries)} blocked`,
    body: `${name} asks for it. Nothing gets out before you allow it.`,
    ...(isAnswerable(host, tries) && { blocked: { workspaceId, host, ports: tries.map(({ port }) => port) } }),
  }));
}

/** Whether it still waits for an answer. */
export function isWaiting({ blocked }: Pick<Snapshot, 'blocked'>, { workspaceId, host }: BlockedName): boolean {
  return blocked.some((here) => here.workspaceId === workspaceId && here.hosts.some((one) => one.host === host));
}

/** What is not shown letter by letter, or needs more than a yes, is answered in the window, where all of it can be seen. */
function isAnswerable(host: string, tries: readonly Blocked[]): boolean {
  return isPlainHost(host) && tries.every(({ reason }) => canAllow(reason) === 'yes');
}

function portsOf(tries: readonly Blocked[]): string {
  const ports = tries.map(({ port }) => port);
  return ports.every((port) => usualPorts.has(port)) ? '' : `:${ports.toSorted((a, b) => a - b).join(',')}`;
}
