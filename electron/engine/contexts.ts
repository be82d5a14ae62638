import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { z } from 'zod';
import { type Endpoint, parseAddress, type TlsFiles } from './endpoint.ts';

/** What is read of the host to find engines; the platform's own, but in tests. */
export type HostFiles = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** The file's text, or null when it is not there or cannot be read. */
  readonly readText: (path: string) => string | null;
  /** Names in a folder; none when it is not there. */
  readonly listFolder: (path: string) => readonly string[];
  readonly isSocket: (path: string) => boolean;
};

export type Context = { readonly name: string; readonly endpoint: Endpoint };

const configSchema = z.object({ currentContext: z.string().optional() });
/** `contexts/meta/<id>/meta.json` of Docker's CLI (https://github.com/docker/cli/tree/master/cli/context/store). */
const metaSchema = z.object({
  Name: z.string(),
  Endpoints: z.object({ docker: z.object({ Host: z.string(), SkipTLSVerify: z.boolean().optional() }) }),
});

export function configFolder({ env, home }: HostFiles): string {
  const given = env['DOCKER_CONFIG'];
  return given !== undefined && given !== '' ? given : posix.join(home, '.docker');
}

/** The context that Docker's CLI would use; null for its default one, which means "the platform's socket". */
export function currentContext(files: HostFiles): Context | null {
  const config = configSchema.safeParse(parseJson(files.readText(posix.join(configFolder(files), 'config.json'))));
  const name = files.env['DOCKER_CONTEXT'] || (config.success ? config.data.currentContext : undefined);
  return name === undefined || name === '' || name === 'default' ? null : readContext(files, name);
}

/** All contexts that Docker's CLI knows, by name, but for its default one. What cannot be read has no name to be listed by. */
export function listContexts(files: HostFiles): readonly Context[] {
  const folder = posix.join(configFolder(files), 'contexts', 'meta');
  const metas = files.listFolder(folder).map((id) => metaSchema.safeParse(parseJson(files.readText(posix.join(folder, id, 'meta.json')))));
  const names = metas.flatMap(({ data }) => (data === undefined ? [] : [data.Name]));
  return names.toSorted().map((name) => readContext(files, name));
}

/** Never throws: a context that cannot be used is an endpoint that says why. */
export function readContext(files: HostFiles, name: string): Context {
  const id = createHash('sha256').update(name).digest('hex');
  const contexts = posix.join(configFolder(files), 'contexts');
  const meta = metaSchema.safeParse(parseJson(files.readText(posix.join(contexts, 'meta', id, 'meta.json'))));
  if (!meta.success) {
    const reason = `The Docker context "${name}" cannot be read. Choose another with "docker context use", or set the engine's address in the settings.`;
    return { name, endpoint: { kind: 'invalid', address: name, origin: 'context', reason } };
  }
  const { Host: host, SkipTLSVerify: unverified } = meta.data.Endpoints.docker;
  if (unverified === true) {
    const reason = `The Docker context "${name}" does not verify whom it speaks to, so anyone on the way could take over its engine. Make it anew with the engine's CA and without skip-tls-verify.`;
    return { name, endpoint: { kind: 'invalid', address: host, origin: 'context', reason } };
  }
  const tls = tlsFilesIn(files, posix.join(contexts, 'tls', id, 'docker'));
  return { name, endpoint: parseAddress(host, { origin: 'context', platform: files.platform, tls }) };
}

/** Those of Docker's three PEM files that lie in a folder; undefined when there is none. */
export function tlsFilesIn({ listFolder }: HostFiles, folder: string): TlsFiles | undefined {
  const present = listFolder(folder);
  const found = (['ca', 'cert', 'key'] as const).filter((name) => present.includes(`${name}.pem`));
  return found.length === 0 ? undefined : Object.fromEntries(found.map((name) => [name, posix.join(folder, `${name}.pem`)]));
}

function parseJson(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // A broken file is the same to us as a missing one: the caller says which context could not be read.
    return undefined;
  }
}
