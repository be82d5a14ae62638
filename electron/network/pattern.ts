import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { AppError } from '../../shared/errors.ts';

/** Longest name of the DNS in text form, and longest label (RFC 1035 2.3.4). */
const MAX_NAME = 253;
const MAX_LABEL = 63;
/** The gateway's own names: the self-test's probe and the name that is always refused. */
export const reservedSuffix = '.forgehold.internal';

const label = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/;

/**
 * A rule as the maps hold it: `api.example.com` or `*.example.com`, lower case, punycode, no trailing dot.
 * Throws `domain/malformed` with what to type instead; `details.suggestion` holds it where it can be told.
 */
export function parsePattern(input: string): string {
  const text = input.trim();
  if (text === '') throw malformed(input, 'Type a domain, such as api.example.com or *.example.com.');
  if (/[\0-\x20\x7f]/.test(text)) throw malformed(input, 'A domain holds no spaces or control characters. Type one domain, such as api.example.com.');
  refuseAddresses(input, text);
  const wildcard = text.startsWith('*.');
  const written = wildcard ? text.slice(2) : text;
  if (text === '*' || written === '')
    throw malformed(input, 'A rule for every name would be no wall. Choose the network mode "full" instead, or type *.example.com.');
  if (written.includes('*')) throw malformed(input, 'A star stands only at the beginning, before a dot, as in *.example.com.');
  if (/[/?#@\\:]/.test(written)) throw withHost(input, text);
  const name = toAscii(input, written);
  if (name.endsWith(reservedSuffix) || `.${name}` === reservedSuffix) throw malformed(input, 'Names below forgehold.internal belong to the gateway itself.');
  if (wildcard && !name.includes('.'))
    throw malformed(input, `*.${name} would allow a whole top-level domain. Name at least one more label, such as *.example.${name}.`);
  return wildcard ? `*.${name}` : name;
}

/** A pattern, and the port that was written with it. */
export type Target = { readonly pattern: string; readonly port: number | null };

/** As `parsePattern`, but a port may stand behind the name: `db.example.com:5432`. */
export function parseTarget(input: string): Target {
  const [, name, digits] = /^([^/?#@\\:[\]]+):(\d+)$/.exec(input.trim()) ?? [];
  if (name === undefined || digits === undefined) return { pattern: parsePattern(input), port: null };
  const port = Number(digits);
  if (port < 1 || port > 65_535) throw malformed(input, 'A port is a number from 1 to 65535, as in db.example.com:5432.');
  return { pattern: parsePattern(name), port };
}

/** Whether a rule lets `host` (normalised) out. `*.example.com` matches below `example.com`, on a dot, without itself. */
export function matches(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1 : pattern === host;
}

function toAscii(input: string, written: string): string {
  const name = domainToASCII(written.replace(/[.\u3002\uff0e\uff61]$/u, ''));
  if (name === '' || name.split('.').some((part) => !label.test(part) || part.length > MAX_LABEL) || name.length > MAX_NAME)
    throw malformed(input, 'This is no domain name. Type letters, digits, dashes and dots, such as api.example.com.');
  // The URL standard reads 0x7f.1 and 2130706433 as addresses.
  if (isIP(name) !== 0 || /^(\d+|0x[0-9a-f]*)$/.test(name.split('.').at(-1)!))
    throw malformed(input, 'Rules name domains, not addresses: what is on an address cannot be told. Type the domain name.');
  return name;
}

function refuseAddresses(input: string, text: string): void {
  if (isIP(text.replace(/^\[|\]$/g, '')) !== 0)
    throw malformed(input, 'Rules name domains, not addresses: what is on an address cannot be told. Type the domain name.');
}

/** For a pasted URL the host is offered; never taken silently, since a path or port would suggest that only it is allowed. */
function withHost(input: string, text: string): AppError {
  const suggestion = hostOf(text.includes('://') ? text : `https://${text}`);
  const message = 'Type the domain alone, without scheme, port, user or path';
  return suggestion === null ? malformed(input, `${message}, such as api.example.com.`) : malformed(input, `${message}: ${suggestion}`, suggestion);
}

function hostOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { hostname } = new URL(url);
  return hostname.includes('.') && !hostname.includes('*') && isIP(hostname) === 0 ? hostname.replace(/\.$/, '') : null;
}

function malformed(input: string, message: string, suggestion?: string): AppError {
  return new AppError('domain/malformed', message, { details: { pattern: input.slice(0, 300), ...(suggestion !== undefined && { suggestion }) } });
}
