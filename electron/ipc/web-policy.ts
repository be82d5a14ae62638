import type { IncomingHttpHeaders } from 'node:http';

/** The names under which a browser on this machine may reach us; any other is another site's name that resolves to us (DNS rebinding). */
export function ownHosts(port: number): ReadonlySet<string> {
  return new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);
}

export type Refusal = { readonly status: number; readonly message: string };

/**
 * Judges the headers of a request or an upgrade. A browser always names the Origin of an upgrade and of every request that is not a plain same-origin GET,
 * so an upgrade without one does not come from our page, and a foreign one never does.
 */
export function judgeRequest(headers: IncomingHttpHeaders, port: number, isUpgrade: boolean): Refusal | null {
  const { host, origin } = headers;
  if (!host || !ownHosts(port).has(host.toLowerCase())) return { status: 421, message: 'This is not the name of this server.' };
  if (origin === undefined ? isUpgrade : origin !== `http://${host.toLowerCase()}`) return { status: 403, message: 'Requests from other pages are refused.' };
  const site = headers['sec-fetch-site'];
  const isNavigation = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isNavigation)
    return { status: 403, message: 'Requests from other pages are refused.' };
  return null;
}

/** Of every answer of any shell. Sources: https://html.spec.whatwg.org/#cross-origin-opener-policies, https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header */
export const documentHeaders = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), payment=(), display-capture=()',
} as const;

/** The page's policy; `connect`: what it may talk to. Source: https://w3c.github.io/webappsec-csp/ */
export function contentPolicy(connect: readonly string[], nonce: string | null): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self'${nonce ? ` 'nonce-${nonce}'` : ''}`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${connect.join(' ')}`,
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** Headers of every answer of the server shell. */
export function securityHeaders(port: number, nonce: string | null): Record<string, string> {
  const sockets = [...ownHosts(port)].filter((host) => !host.startsWith('[')).map((host) => `ws://${host}`);
  return { 'content-security-policy': contentPolicy(["'self'", ...sockets], nonce), ...documentHeaders };
}
