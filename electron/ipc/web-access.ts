import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/** A printed address holds this long, in milliseconds, if nobody uses it first. */
const tokenLife = 12 * 60 * 60 * 1000;
/** A browser stays logged in this long. */
const sessionLife = 30 * 24 * 60 * 60 * 1000;
/** Of each kind at once; the oldest goes. */
const maxTokens = 16;
const maxSessions = 32;

const storeSchema = z.object({
  port: z.int().min(1).max(65_535).nullable(),
  sessions: z.array(z.object({ hash: z.string().regex(/^[0-9a-f]{64}$/), since: z.int() })),
});
type Grant = z.infer<typeof storeSchema>['sessions'][number];

/**
 * Who may use the browser interface. One-time tokens live in memory. Sessions outlive the core, so that an open tab heals when the core was killed
 * and started again: the file (mode 0600) holds their SHA-256 only, which opens nothing, and the port that those tabs expect.
 */
export type WebAccess = {
  readonly mintToken: () => string;
  /** Trades a token, once, for the secret of a new session; null when it is not (or no longer) valid. */
  readonly trade: (token: string) => string | null;
  readonly isSession: (secret: string) => boolean;
  readonly lastPort: () => number | null;
  readonly rememberPort: (port: number) => void;
};

export function openWebAccess(file: string, now: () => number = Date.now): WebAccess {
  let tokens: Grant[] = [];
  let store = readStore(file);

  function keep(next: typeof store): void {
    store = next;
    writeFileSync(`${file}.new`, JSON.stringify(store), { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
  }
  return {
    mintToken() {
      const token = randomBytes(16).toString('hex');
      tokens = [...tokens, { hash: digest(token), since: now() }].slice(-maxTokens);
      return token;
    },
    trade(token) {
      const grant = findGrant(tokens, token, now() - tokenLife);
      if (!grant) return null;
      tokens = tokens.filter((other) => other !== grant);
      const secret = randomBytes(32).toString('hex');
      keep({ ...store, sessions: [...store.sessions, { hash: digest(secret), since: now() }].slice(-maxSessions) });
      return secret;
    },
    isSession: (secret) => findGrant(store.sessions, secret, now() - sessionLife) !== null,
    lastPort: () => store.port,
    rememberPort(port) {
      if (store.port !== port) keep({ ...store, port });
    },
  };
}

/** Every grant is compared, in constant time, so that the time taken tells nothing. */
function findGrant(grants: readonly Grant[], secret: string, notBefore: number): Grant | null {
  const wanted = Buffer.from(digest(secret), 'hex');
  let found: Grant | null = null;
  for (const grant of grants) if (timingSafeEqual(Buffer.from(grant.hash, 'hex'), wanted) && grant.since >= notBefore) found = grant;
  return found;
}

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** A file that is missing or spoilt only means that browsers need a new address. */
function readStore(file: string): z.infer<typeof storeSchema> {
  try {
    return storeSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { port: null, sessions: [] };
  }
}
