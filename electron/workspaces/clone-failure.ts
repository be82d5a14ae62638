import { AppError } from '../../shared/errors.ts';
import type { Decision } from '../../shared/model/domain.ts';

export type CloneFailure = {
  readonly url: string;
  /** What git and the server said, a line each, plain text, newest last. */
  readonly words: readonly string[];
  /** What the wall refused meanwhile. */
  readonly blocked: readonly Pick<Decision, 'host' | 'reason'>[];
};

const cutOff =
  /early EOF|RPC failed|unexpected disconnect|hung up|Connection reset|transfer closed|Empty reply|Operation too slow|timed out|(?:recv|read) error|SSL_ERROR_SYSCALL|non-properly terminated/i;
/** As GnuTLS, which Debian's git uses, and OpenSSL say it. A name in a URL is no complaint. */
const untrusted =
  /certificate (?:signer|verif|subject|has|is|issuer|problem)|(?:SSL|server|peer)[^']{0,40} (?:certificate|verification failed)|self.signed|local issuer/i;

/** Why a clone failed and what to do: the wall's reason if it has one, else git's own. Pure. */
export function explainClone({ url, words, blocked }: CloneFailure): AppError {
  const details = { url, words: words.slice(-10) };
  const text = words.join('\n');
  const stopped = blocked.at(-1);
  if (stopped) return explainBlocked(new URL(url).hostname, stopped, { ...details, hosts: [...new Set(blocked.map(({ host }) => host))] });
  if (/could not read Username|Authentication failed|error: 401|terminal prompts disabled/i.test(text))
    return new AppError(
      'clone/needs-login',
      'The server wants a login, or there is no such repository: many servers answer alike. Forgehold cannot pass logins on yet. Clone a private repository yourself, and add its folder.',
      { details },
    );
  if (/repository '.*' not found|error: 404|Repository not found/i.test(text))
    return new AppError('clone/not-found', `The server has no repository ${url}, or shows it only to those who log in. Check the URL.`, { details });
  if (/No space left on device|disk quota exceeded/i.test(text))
    return new AppError('clone/disk-full', 'There is no room left for the clone on the disk of the container engine. Make room, then try again.', { details });
  if (cutOff.test(text))
    return new AppError('clone/cut-off', `The connection to the server broke before all had come: ${complaint(words)} Nothing of it is kept; try again.`, {
      details,
    });
  if (untrusted.test(text))
    return new AppError(
      'clone/certificate',
      `The server's certificate is not one that the workspace trusts: ${complaint(words)} If it is your company's, name its authority in the settings ("extra CA bundle").`,
      { details },
    );
  return new AppError('clone/failed', `Git could not clone it: ${complaint(words)}`, { details });
}

function explainBlocked(own: string, { host, reason }: Pick<Decision, 'host' | 'reason'>, details: Readonly<Record<string, unknown>>): AppError {
  switch (reason) {
    case 'mode':
      return new AppError('clone/blocked', 'The mode of this workspace lets nothing out, so nothing can be cloned. Set it to "restricted", then try again.', {
        details,
      });
    case 'refused-address':
      return new AppError(
        'clone/blocked',
        `${host} has a private address, and those are refused unless a rule says otherwise. If this server is yours, allow ${host} with "private addresses too", then try again.`,
        { details },
      );
    case 'unresolved':
      return new AppError('clone/host-unknown', `There is no server named ${host}, or the name could not be looked up. Check the URL and your connection.`, {
        details,
      });
    case 'denied':
      return new AppError('clone/blocked', `A rule of yours denies ${host}. Take it away if you trust the server, then try again.`, { details });
    case 'rule':
    case 'other-request':
    case 'not-listed':
    case 'malformed':
      return new AppError(
        'clone/blocked',
        `${host === own ? host : `The server sends git on to ${host}, which`} is not among the allowed domains of this workspace. Allow it if you trust it, then try again.`,
        { details },
      );
    default:
      return reason;
  }
}

/** The lines that say most: what git ended with, and the error before it. Always ends like a sentence. */
function complaint(words: readonly string[]): string {
  const ends = ['fatal: ', 'error: '].flatMap((mark) => words.findLast((line) => line.startsWith(mark))?.slice(mark.length) ?? []);
  const last = (ends.length > 0 ? ends.join(': ') : (words.at(-1) ?? 'it did not say why')).slice(0, 400);
  return /[.!?]$/.test(last) ? last : `${last}.`;
}
