import { randomBytes } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import { SharedWork } from '../lib/shared-work.ts';
import { checkScript, explainInstall, families, type Family, loaders, needs, standardPath } from './image-needs.ts';
import type { ImageFacts } from './objects.ts';
import type { Engine } from './types.ts';

export type Missing = { readonly program: string; readonly why: string; readonly how: string };
export type ImageCheck = { readonly usable: boolean; readonly missing: Missing[] };
/** An image that may be used, and what of its own settings a workspace takes over. */
export type OwnImage = { readonly reference: string; /** Folders of its programs. */ readonly path: readonly string[] };

export type OwnImages = {
  /** Whether workspaces can be made from it; pulls it when it is not there. Throws `image/…`. */
  readonly check: (reference: string, onProgress: (line: string) => void, signal?: AbortSignal) => Promise<ImageCheck>;
  /** The image, present and checked. Throws `image/unfit` with what is missing, and as `check` does. */
  readonly ensure: (reference: string, onProgress: (line: string) => void, signal?: AbortSignal) => Promise<OwnImage>;
};

type Parts = Pick<
  Engine,
  'imageFacts' | 'pullImage' | 'info' | 'createContainer' | 'startContainer' | 'waitContainer' | 'removeContainer' | 'readLog' | 'listContainers'
>;

const checkName = 'forge-check-';
const checkTimeoutMs = 30_000;
/** More than the script says of any image. */
const answerBytes = 16_384;
const architectures: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

/**
 * Images that users bring. Nothing of such an image is trusted: it is looked at from a container of its own without network, power or
 * mounts, that can write nothing and lives for seconds.
 */
export function createOwnImages(engine: Parts): OwnImages {
  /** By image id, which names a content. */
  const known = new Map<string, ImageCheck>();
  let swept: Promise<void> | null = null;
  const work = new SharedWork<{ readonly facts: ImageFacts; readonly check: ImageCheck }>();

  async function look(reference: string, onProgress: (line: string) => void, signal: AbortSignal): Promise<{ facts: ImageFacts; check: ImageCheck }> {
    swept ??= sweep(engine);
    await swept;
    const facts = await ensurePresent(engine, reference, onProgress, signal);
    const { architecture } = await engine.info();
    refuseForeign(reference, facts, architecture);
    const before = known.get(facts.id);
    if (before) return { facts, check: before };
    onProgress(`Looking for the needed programs in ${reference}…`);
    const check = await runCheck(engine, facts, loaders[architecture] ?? null);
    known.set(facts.id, check);
    return { facts, check };
  }
  const lookOnce = (reference: string, onProgress: (line: string) => void, signal?: AbortSignal): ReturnType<typeof look> =>
    work.run(reference, (progress, all) => look(reference, progress, all), onProgress, signal);

  return {
    check: async (given, onProgress, signal) => (await lookOnce(withTag(given), onProgress, signal)).check,
    async ensure(given, onProgress, signal) {
      const reference = withTag(given);
      const { facts, check } = await lookOnce(reference, onProgress, signal);
      if (check.usable) return { reference, path: pathOf(facts) };
      const list = check.missing.map(({ program }) => program).join(', ');
      throw new AppError('image/unfit', `The image ${reference} lacks ${list}. ${check.missing[0]?.how ?? ''}`, {
        details: { image: reference, missing: check.missing },
      });
    },
  };
}

/** Containers of a core that died while it looked. */
async function sweep(engine: Parts): Promise<void> {
  const left = (await engine.listContainers({ role: 'probe' })).filter(({ name }) => name.startsWith(checkName));
  await Promise.all(left.map(({ id }) => engine.removeContainer(id)));
}

/** Without a tag the engine would pull every tag there is. */
function withTag(reference: string): string {
  return reference.includes('@') || reference.slice(reference.lastIndexOf('/') + 1).includes(':') ? reference : `${reference}:latest`;
}

async function ensurePresent(engine: Parts, reference: string, onProgress: (line: string) => void, signal: AbortSignal): Promise<ImageFacts> {
  const present = await engine.imageFacts(reference);
  if (present !== null) return present;
  onProgress(`Pulling ${reference}…`);
  try {
    await engine.pullImage(reference, onProgress, signal);
  } catch (cause) {
    if (!(cause instanceof AppError) || cause.code === 'engine/cancelled' || cause.code === 'engine/unreachable' || cause.code === 'engine/disk-full')
      throw cause;
    throw new AppError(
      'image/not-found',
      `The image ${reference} is not on this engine, and could not be pulled: ${cause.message.replace(/[.\s]*$/, '.')} Check its name, log in to its registry with "docker login", or build it.`,
      { details: { image: reference }, cause },
    );
  }
  const pulled = await engine.imageFacts(reference);
  if (pulled !== null) return pulled;
  throw new AppError('image/not-found', `The image ${reference} was pulled but is not on this engine. Check its name.`, { details: { image: reference } });
}

/** @throws image/other-platform, image/forged-labels */
function refuseForeign(reference: string, { os, architecture, labels }: ImageFacts, engineArchitecture: string): void {
  if (os !== 'linux' || (architectures[architecture] ?? architecture) !== (architectures[engineArchitecture] ?? engineArchitecture))
    throw new AppError('image/other-platform', `The image ${reference} is made for ${os}/${architecture}, and the engine runs linux/${engineArchitecture}.`, {
      details: { image: reference },
    });
  const forged = Object.keys(labels).find((name) => name.startsWith('dev.forgehold.'));
  if (forged !== undefined)
    throw new AppError('image/forged-labels', `The image ${reference} carries the label ${forged}, by which Forgehold knows its own. Build it without.`, {
      details: { image: reference, label: forged },
    });
}

/** Absolute folders of its `PATH`; the usual ones where it has none. */
function pathOf({ env }: ImageFacts): readonly string[] {
  const given = (env['PATH'] ?? '').split(':').filter((folder) => /^\/[^\n\0]*$/.test(folder));
  return given.length > 0 ? given : standardPath;
}

async function runCheck(engine: Parts, facts: ImageFacts, loader: string | null): Promise<ImageCheck> {
  const path = [...new Set([...pathOf(facts), ...standardPath])].join(':');
  const wanted = [...needs.map(({ program }) => program), ...(loader === null ? [] : [loader])];
  const arguments_ = [...Object.entries(families).map(([name, place]) => `${name}=${place}`), '--', path, ...wanted];
  const said = await ask(engine, facts, arguments_);
  if (said === null || !said.includes('done')) return { usable: false, missing: [missingShell] };
  const family = said.find((line) => line.startsWith('family '))?.slice('family '.length) ?? '';
  const isMissing = (program: string): boolean => said.includes(`missing ${program}`);
  const missing = needs
    .filter(({ program }) => isMissing(program))
    .map((need) => ({ program: need.program, why: need.why, how: explainInstall(need, Object.hasOwn(families, family) ? (family as Family) : null) }));
  const all = loader !== null && isMissing(loader) ? [glibc(loader), ...missing] : missing;
  return { usable: all.length === 0, missing: all };
}

const missingShell: Missing = {
  program: '/bin/sh',
  why: 'It starts everything in the container.',
  how: 'Take a variant of the image that has a shell: "distroless" and "scratch" images have none.',
};

function glibc(program: string): Missing {
  return {
    program,
    why: 'Node and the agents are built for the GNU C library.',
    how: 'Take a variant of the image that is built on it, such as one on Debian: Alpine has another library.',
  };
}

/** What the script printed, line by line; null when there is no shell, or it did not end well. @throws image/unusable */
async function ask(engine: Parts, facts: ImageFacts, arguments_: readonly string[]): Promise<readonly string[] | null> {
  const id = await engine.createContainer({
    name: `${checkName}${randomBytes(6).toString('hex')}`,
    role: 'probe',
    image: facts.id,
    entrypoint: ['/bin/sh'],
    command: ['-c', checkScript, 'sh', ...arguments_],
    user: '65534:65534',
    workingDir: '/',
    env: {},
    unsetEnv: Object.keys(facts.env),
    mounts: [],
    network: 'none',
    readOnlyRoot: true,
    capabilities: [],
    memoryMb: 256,
    pidsLimit: 32,
    restart: 'no',
    stopGraceSeconds: 0,
  });
  try {
    await engine.startContainer(id);
    const exitCode = await engine.waitContainer(id, { timeoutMs: checkTimeoutMs });
    return exitCode === 0 ? await readAnswer(engine, id) : null;
  } catch (error) {
    if (!(error instanceof AppError) || !['engine/failed', 'engine/not-found', 'engine/timeout'].includes(error.code)) throw error;
    // The engine has many words for it.
    if (/\/bin\/sh.*(?:no such file|not found|permission denied|exec format)/is.test(saidOf(error))) return null;
    throw new AppError('image/unusable', `The image cannot be looked at: ${error.message} Build it anew, or take another.`, {
      details: { image: facts.id },
      cause: error,
    });
  } finally {
    await engine.removeContainer(id);
  }
}

function saidOf({ details, message }: AppError): string {
  const { said } = details as { readonly said?: unknown };
  return typeof said === 'string' ? said : message;
}

async function readAnswer(engine: Parts, id: string): Promise<readonly string[]> {
  let text = '';
  for await (const { source, bytes } of engine.readLog(id)) {
    if (source === 'stdout') text += Buffer.from(bytes).toString();
    if (text.length > answerBytes) break;
  }
  return text.slice(0, answerBytes).split('\n');
}
