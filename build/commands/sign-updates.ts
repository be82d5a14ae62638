import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { toReleaseText } from '../../shared/release-text.ts';
import { SetupError, say } from '../setup/run.mjs';
import { runCommand } from './main.ts';

const releaseSchema = z.object({ version: z.string(), files: z.array(z.object({ url: z.string(), sha512: z.string() })).min(1) });

/** `sign-updates.ts FILE…`: adds the signature to `latest*.yml` of electron-builder. `UPDATE_SIGNING_KEY` is the private key, in base64 of its DER (PKCS 8, Ed25519). */
await runCommand(async (files) => {
  const { UPDATE_SIGNING_KEY: given } = process.env;
  if (!given) throw new SetupError('UPDATE_SIGNING_KEY is not set: the release would be refused by every app.');
  const key = createPrivateKey({ key: Buffer.from(given, 'base64'), format: 'der', type: 'pkcs8' });
  const { load, dump } = await import('js-yaml');
  for (const file of files) {
    const whole = load(readFileSync(file, 'utf8'));
    const release = releaseSchema.parse(whole);
    const signature = sign(null, Buffer.from(toReleaseText(release)), key).toString('base64');
    writeFileSync(file, dump({ ...(whole as object), signature }, { lineWidth: -1 }));
    say(`${file}: version ${release.version}, ${release.files.length} files, signed.`);
  }
});
