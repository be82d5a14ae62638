import type { ContainerInspectInfo, NetworkInspectInfo } from 'dockerode';
import { AppError } from '../../shared/errors.ts';
import type { Connection, Send } from './connection.ts';
import { isAbsent } from './errors.ts';
import type { Client } from './handshake.ts';
import { labels } from './names.ts';
import type { Belonging, Role } from './objects.ts';

type Labels = Readonly<Record<string, string>>;
const roles: readonly string[] = ['agent', 'gateway', 'installer', 'probe'] satisfies readonly Role[];
const fullId = /^[0-9a-f]{64}$/;

/**
 * The label jail: the one place that decides what is ours. A name is only a question to the engine; what counts are the
 * labels of the object that answers, and from then on its full id, which the engine never gives twice.
 */
export class Jail {
  readonly installation: string;
  readonly #connection: Connection;
  /** Ids proven ours. Labels of a container or network cannot change, so a proof holds for its life. */
  readonly #proven = new Set<string>();
  /** By container, once asked for: a label too. */
  readonly #users = new Map<string, string>();

  constructor(installation: string, connection: Connection) {
    this.installation = installation;
    this.#connection = connection;
  }

  /** For a container: it inherits its image's labels, and an image may claim any. Those that say nothing are set to nothing. */
  labelsForContainer(belonging: Belonging): Record<string, string> {
    return { [labels.project]: '', [labels.workspace]: '', [labels.role]: '', [labels.spec]: '', ...this.labelsFor(belonging) };
  }

  /** Labels for something that we make. */
  labelsFor(belonging: Belonging): Record<string, string> {
    return { [labels.managed]: '1', [labels.installation]: this.installation, ...labelsOf(belonging) };
  }

  /** A filter for the engine's lists: only ours, and of those only what `belonging` names. */
  filter(belonging: Belonging = {}): { label: string[] } {
    return { label: Object.entries(this.labelsFor(belonging)).map(([name, value]) => `${name}=${value}`) };
  }

  isOurs(found: Labels | null | undefined): boolean {
    return found?.[labels.managed] === '1' && found[labels.installation] === this.installation;
  }

  /** Whether some Forgehold made it, this one or another. */
  isManaged(found: Labels | null | undefined): boolean {
    return found?.[labels.managed] === '1';
  }

  /** Called for what we just made or saw with our labels. */
  trust(id: string): void {
    this.#proven.add(id);
  }

  forget(id: string): void {
    this.#proven.delete(id);
    this.#users.delete(id);
  }

  /** The full id of a container of ours; `null` when there is none. @throws engine/not-ours */
  async container(idOrName: string): Promise<string | null> {
    if (this.#proven.has(idOrName)) return idOrName;
    const found = await this.inspectContainer(idOrName);
    if (found === null) return null;
    if (!this.isOurs(found.Config.Labels)) throw notOurs('container', idOrName);
    return found.Id;
  }

  /** Like `container`, but absent is an error too. @throws engine/not-ours, engine/not-found */
  async requireContainer(idOrName: string): Promise<string> {
    const id = await this.container(idOrName);
    if (id === null) throw new AppError('engine/not-found', `The container ${idOrName} is gone.`, { details: { container: idOrName } });
    return id;
  }

  /** As whom programs run in a container of ours when nobody says otherwise; undefined: as the container's own user. */
  async userOf(id: string): Promise<string | undefined> {
    const known = this.#users.get(id);
    if (known !== undefined) return known || undefined;
    const found = await this.inspectContainer(id);
    if (found === null) return undefined;
    const user = found.Config.Labels[labels.user] ?? '';
    this.#users.set(id, user);
    return user || undefined;
  }

  /** Whatever answers to exactly this id or name, ours or not. A prefix of an id, which the engine would take too, is nobody. */
  async inspectContainer(idOrName: string): Promise<ContainerInspectInfo | null> {
    if (!isReference(idOrName)) return null;
    const found = await this.#absentAsNull(`look at container ${idOrName}`, (docker, abortSignal) => docker.getContainer(idOrName).inspect({ abortSignal }));
    if (found === null || (found.Id !== idOrName && found.Name !== `/${idOrName}`)) return null;
    if (this.isOurs(found.Config.Labels)) this.trust(found.Id);
    return found;
  }

  /** A network of ours by full id or exact name. Names are not unique in an engine, so ours is found by label. */
  async network(idOrName: string): Promise<NetworkInspectInfo | null> {
    if (!isReference(idOrName)) return null;
    const id = fullId.test(idOrName) ? idOrName : await this.#networkNamed(idOrName);
    if (id === null) return null;
    const found = await this.#absentAsNull(`look at network ${idOrName}`, (docker, abortSignal) => inspectNetwork(docker, id, abortSignal));
    if (found === null || found.Id !== id || !this.isOurs(found.Labels)) return null;
    this.trust(found.Id);
    return found;
  }

  async #networkNamed(name: string): Promise<string | null> {
    const filters = { ...this.filter(), name: [name] };
    const found = await this.#connection.request(`look for network ${name}`, (docker, abortSignal) => docker.listNetworks({ filters, abortSignal }));
    return found.find((network) => network.Name === name && this.isOurs(network.Labels))?.Id ?? null;
  }

  async volumeLabels(name: string): Promise<Labels | null> {
    if (!isReference(name)) return null;
    const found = await this.#absentAsNull(`look at volume ${name}`, (docker, abortSignal) => docker.getVolume(name).inspect({ abortSignal }));
    return found === null ? null : (found.Labels ?? {});
  }

  async #absentAsNull<T>(what: string, send: Send<T>): Promise<T | null> {
    try {
      return await this.#connection.request(what, send);
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }
}

/** What the engine itself allows in a name or id; anything else (a slash, a query) must not become part of a request's path. */
export function isReference(text: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(text);
}

export function notOurs(kind: string, name: string): AppError {
  return new AppError('engine/not-ours', `The ${kind} ${name} was not made by this Forgehold, so it stays untouched.`, { details: { [kind]: name } });
}

/** Reads back what `labelsFor` wrote. */
export function belongingOf(found: Labels | null | undefined): Belonging {
  const { [labels.project]: projectId, [labels.workspace]: workspaceId, [labels.role]: role, [labels.spec]: spec } = found ?? {};
  return {
    ...(projectId && { projectId }),
    ...(workspaceId && { workspaceId }),
    ...(role !== undefined && roles.includes(role) && { role: role as Role }),
    ...(spec && { spec }),
  };
}

function labelsOf({ projectId, workspaceId, role, spec }: Belonging): Record<string, string> {
  return {
    ...(projectId !== undefined && { [labels.project]: projectId }),
    ...(workspaceId !== undefined && { [labels.workspace]: workspaceId }),
    ...(role !== undefined && { [labels.role]: role }),
    ...(spec !== undefined && { [labels.spec]: spec }),
  };
}

/** dockerode takes the signal, which its types lack here. */
function inspectNetwork(docker: Client, id: string, abortSignal: AbortSignal): Promise<NetworkInspectInfo> {
  const network: { readonly inspect: (options: object) => Promise<NetworkInspectInfo> } = docker.getNetwork(id);
  return network.inspect({ abortSignal });
}
