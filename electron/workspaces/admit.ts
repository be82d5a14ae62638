import { randomBytes } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import type { AgentType } from '../../shared/model/agent.ts';
import type { OptionChanges, WorkspaceOptions } from '../../shared/model/options.ts';
import type { Project } from '../../shared/model/project.ts';
import { Secret } from '../../shared/secret.ts';
import { refuseForeignKeys, splitKeys } from './admission.ts';
import type { Book, Entry } from './book.ts';
import type { Layers } from './layers.ts';
import { applyLive } from './live-options.ts';
import { applyChanges, type CompleteOptions, withLive } from './options.ts';
import type { WorkspaceRecord } from './records.ts';
import type { WorkspacesOptions } from './types.ts';

export type CreateRequest = {
  readonly projectId: string;
  readonly agent: AgentType;
  readonly name?: string | undefined;
} & WorkspaceOptions;

export type AdmissionParts = { readonly options: WorkspacesOptions; readonly book: Book; readonly layers: Layers };

/**
 * Checks what can be checked before anything is made, and takes the name.
 * @param title What it is called, numbered when taken, unless the request names it; by default as its agent.
 */
export async function admit({ options, book, layers }: AdmissionParts, request: CreateRequest, title?: string): Promise<Entry> {
  const project = await options.projects.get(request.projectId);
  if (options.site?.local === false && project.kind === 'folder')
    throw new AppError(
      'project/engine-remote',
      `The engine "${options.site.title}" runs on another machine, where the folder ${project.path} is not. Add the repository by its clone URL, or choose an engine of this machine for the project.`,
      { details: { path: project.path } },
    );
  if (!project.present)
    throw new AppError('project/away', `The folder ${project.path} is not there. Put it back, or remove the project.`, { details: { path: project.path } });
  const { projectId, agent, name, ...given } = request;
  const definition = options.registry.definition(agent);
  const workspaceId = randomBytes(4).toString('hex');
  refuseForeignKeys(given.env ?? {}, definition, options.registry.all());
  const { environment, keys } = splitKeys(given.env ?? {}, definition);
  const asked = { ...given, ...(given.env === undefined ? {} : { env: environment }) };
  const effective = await layers.decide(projectId, asked);
  const postCreate = (await options.postCreateOf?.(projectId)) ?? [];
  const draft = {
    workspaceId,
    projectId: project.projectId,
    phase: 'creating' as const,
    createdAt: new Date().toISOString(),
    ...{ agent, asked, effective },
    ...(postCreate.length > 0 && { postCreate: [...postCreate] }),
    project: placed(project),
  };
  const record = book.records.insert(draft, name, title ?? definition.title);
  for (const [key, value] of keys) options.vault.set({ agent, workspaceId }, new Secret(value), key);
  return book.add(record, { kind: 'creating', steps: [] });
}

/**
 * Changes a workspace's own layer of options, in its turn; the live ones take effect at once. Nothing is written down when one of them cannot.
 * @param mode The present one.
 * @returns What it would be made from now, when some of it waits for a recreation; else null.
 */
export async function edit(
  { options, book, layers }: AdmissionParts,
  entry: Entry,
  mode: CompleteOptions['mode'],
  changes: OptionChanges,
): Promise<CompleteOptions | null> {
  const { projectId, workspaceId, agent, asked, effective, phase } = entry.record;
  const definition = options.registry.definition(agent);
  refuseForeignKeys(changes.env ?? {}, definition, options.registry.all());
  const { environment, keys } = splitKeys(changes.env ?? {}, definition);
  const own: OptionChanges = changes.env == null ? changes : { ...changes, env: environment };
  const plan = await layers.plan(entry, mode, own);
  const next = applyChanges(asked, own);
  const resolved = await layers.decide(projectId, next);
  if (phase === 'ready') await applyLive(options, entry.record, resolved, plan.live);
  book.save(entry, { asked: next, effective: withLive(effective, resolved, plan.live) });
  for (const [key, value] of keys) options.vault.set({ agent, workspaceId }, new Secret(value), key);
  await layers.refresh(book, entry);
  book.publish(entry);
  return (entry.pending ?? []).length > 0 ? resolved : null;
}

function placed({ kind, path, name, url, keep }: Project): WorkspaceRecord['project'] {
  return { path, name, ...(kind === 'clone' && url !== undefined && { clone: { url, keep: keep ?? 'named' } }) };
}
