import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export type ReleaseUpdates = {
  /** The public key that updates are signed for: base64 of its DER (SPKI, Ed25519). */
  readonly key: string;
  /** `app-update.yml`, which tells the app where to look. */
  readonly file: string;
};

/**
 * Where the app being packaged will look for updates, from the environment of a release: `UPDATE_PUBLIC_KEY`, and `UPDATE_REPOSITORY`
 * (`owner/name` on GitHub). A build that names neither never looks.
 *
 * @throws when only one is set.
 */
export function readUpdates(environment: NodeJS.ProcessEnv): ReleaseUpdates | undefined {
  const { UPDATE_PUBLIC_KEY: key, UPDATE_REPOSITORY: repository } = environment;
  if (!key && !repository) return undefined;
  const [owner, repo] = (repository ?? '').split('/');
  if (!key || !owner || !repo) throw new Error('For updates set UPDATE_PUBLIC_KEY and UPDATE_REPOSITORY (owner/name), both; or neither.');
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'forgehold-updates-')), 'app-update.yml');
  writeFileSync(file, `provider: github\nowner: ${owner}\nrepo: ${repo}\nupdaterCacheDirName: forgehold-updater\n`);
  return { key, file };
}
