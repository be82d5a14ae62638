import { AppError } from '../../shared/errors.ts';

/** What docker-modem rejects with: a Node error of the socket, or an answer with a status code. */
type ModemError = Error & { readonly code?: string; readonly statusCode?: number; readonly json?: unknown };

const socketReasons: Readonly<Record<string, string>> = {
  ENOENT: 'Nothing listens there. Is Docker installed and started?',
  ECONNREFUSED: 'Nothing listens there. Is Docker started?',
  EACCES: 'You may not open its socket. Add yourself to the "docker" group and log in again.',
  EPERM: 'You may not open its socket. Add yourself to the "docker" group and log in again.',
  ECONNRESET: 'It closed the connection. It may be restarting.',
  EPIPE: 'It closed the connection. It may be restarting.',
  ETIMEDOUT: 'It does not answer.',
  EAGAIN: 'It has too many connections waiting.',
  ENOTFOUND: 'There is no host of this name. Check the address.',
  EAI_AGAIN: 'The name of its host cannot be looked up. Are you online?',
  EHOSTUNREACH: 'Its host does not answer. Is it on, and are you on its network?',
  ENETUNREACH: 'There is no way to its network. Are you online?',
  // Of TLS: https://nodejs.org/api/tls.html#x509-certificate-error-codes, and OpenSSL's alerts.
  CERT_HAS_EXPIRED: 'Its certificate has expired. Make a new one on the engine.',
  CERT_NOT_YET_VALID: "Its certificate is not valid yet. Check this machine's clock, and the engine's.",
  ERR_TLS_CERT_ALTNAME_INVALID: 'Its certificate is for another host. Use the name that it was made for, or make one for this address.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: strangeCa(),
  UNABLE_TO_GET_ISSUER_CERT: strangeCa(),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: strangeCa(),
  SELF_SIGNED_CERT_IN_CHAIN: strangeCa(),
  DEPTH_ZERO_SELF_SIGNED_CERT: strangeCa(),
  CERT_SIGNATURE_FAILURE: strangeCa(),
  CERT_REVOKED: 'Its certificate was revoked. Make a new one on the engine.',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: strangeClient(),
  // As OpenSSL 3.5 and its predecessors name it.
  'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE': strangeClient(),
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: strangeClient(),
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: strangeClient(),
  'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED': 'It says that your client certificate has expired. Make a new one with its CA.',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'It says that your client certificate has expired. Make a new one with its CA.',
  ERR_SSL_WRONG_VERSION_NUMBER: 'It does not speak TLS. Check the port, and that the engine was started with --tlsverify.',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'Your client certificate and key do not belong together. Correct the TLS files of this engine.',
  ERR_OSSL_PEM_NO_START_LINE: 'One of its TLS files is no PEM file. Correct the TLS files of this engine.',
};

function strangeCa(): string {
  return "Its certificate is not signed by the CA given for it, so it may be somebody else. Give the engine's own CA.";
}

function strangeClient(): string {
  return 'It does not accept your client certificate. Give one that was signed by its CA.';
}

/** The engine's own words for things that have a remedy; the first that matches wins. */
const knownAnswers: readonly { readonly pattern: RegExp; readonly code: string; readonly message: (match: RegExpExecArray) => string }[] = [
  {
    // Docker Desktop: only folders listed under "File sharing" exist in its virtual machine.
    pattern: /path (\/\S*) is not shared from the host|Mounts denied[^/]*(\/\S*)/s,
    code: 'engine/not-shared',
    message: (match) =>
      `Docker Desktop does not share ${match[1] ?? match[2] ?? 'this folder'} with its virtual machine. Add it, or a folder above it, in Docker Desktop under Settings, Resources, File sharing.`,
  },
  {
    pattern: /bind source path does not exist: (\S+)/,
    code: 'engine/mount-missing',
    message: (match) => `The folder ${match[1]} is gone, so it cannot be mounted. Put it back, or remove it from the workspace.`,
  },
  {
    pattern: /no space left on device/i,
    code: 'engine/disk-full',
    message: () => 'The disk of the container engine is full. "forgehold disk" and the settings under Storage show what can go. Make room, then try again.',
  },
  {
    pattern: /Pool overlaps with other one|invalid pool request/i,
    code: 'engine/subnet-taken',
    message: () => 'Another network of the engine already uses this subnet.',
  },
  {
    pattern: /no available IPv4 addresses/i,
    code: 'engine/network-full',
    message: () => 'The network has no address left. Stop something that runs on it, then try again.',
  },
  { pattern: /Address already in use/i, code: 'engine/address-taken', message: () => 'Another container already has this address on the network.' },
  {
    pattern: /The container name "?\/?([^"\s]+)"? is already in use/,
    code: 'engine/name-taken',
    message: (match) => `The engine already has a container named ${match[1]} that is not Forgehold's. Rename or remove it.`,
  },
  {
    pattern: /network with name (\S+) already exists/,
    code: 'engine/name-taken',
    message: (match) => `The engine already has a network named ${match[1]} that is not Forgehold's. Rename or remove it.`,
  },
  {
    pattern: /Unable to find group ([^\s:]+)/,
    code: 'engine/no-group',
    message: (match) => `The image has no group named ${match[1]}. Give its number instead, or take the group from the workspace.`,
  },
  { pattern: /no such image/i, code: 'engine/no-image', message: () => 'The image is not on the engine. Build or pull it first.' },
  { pattern: /is not running/i, code: 'engine/not-running', message: () => 'The container is not running.' },
  { pattern: /removal of container \S+ is already in progress/i, code: 'engine/removing', message: () => 'The container is being removed already.' },
  {
    pattern: /unable to freeze/i,
    code: 'engine/not-frozen',
    message: () => 'The container could not be paused: the machine is too busy for its kernel to stop all programs at once. Try again.',
  },
  { pattern: /is paused/i, code: 'engine/paused', message: () => 'The container is paused. Unpause it first.' },
];

/** Turns whatever a request rejected with into an `AppError` whose cause is kept. `what` completes "Could not …". */
export function toEngineError(error: unknown, what: string, address: string): AppError {
  if (error instanceof AppError) return error;
  const { code, statusCode } = error as ModemError;
  if (statusCode === undefined && code !== undefined && code in socketReasons) {
    return new AppError('engine/unreachable', `The engine at ${address} cannot be reached. ${socketReasons[code]}`, { details: { what, code }, cause: error });
  }
  const said = answerOf(error);
  for (const known of knownAnswers) {
    const match = known.pattern.exec(said);
    if (match !== null) return new AppError(known.code, known.message(match), { details: { what, said }, cause: error });
  }
  if (statusCode === 404) return new AppError('engine/not-found', `Could not ${what}: the engine does not have it.`, { details: { what, said }, cause: error });
  // 304: started already, stopped already.
  if (statusCode === 304) return new AppError('engine/unchanged', `Nothing to do: ${what}.`, { details: { what }, cause: error });
  if (statusCode === 409) return new AppError('engine/conflict', `Could not ${what}: ${said}`, { details: { what, said }, cause: error });
  return new AppError('engine/failed', `Could not ${what}: ${said}`, { details: { what, said, statusCode }, cause: error });
}

/** 404, in either form. */
export function isAbsent(error: unknown): boolean {
  return error instanceof AppError ? error.code === 'engine/not-found' : (error as ModemError).statusCode === 404;
}

/** For removals and stops: what is gone already is done. */
export async function tolerateAbsent(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!isAbsent(error)) throw error;
  });
}

/** For starts and stops: what is so already is done. */
export async function tolerateUnchanged(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof AppError && error.code === 'engine/unchanged')) throw error;
  });
}

export function isConnectionLoss(error: AppError): boolean {
  return error.code === 'engine/unreachable' || error.code === 'engine/timeout';
}

function answerOf(error: unknown): string {
  const json = (error as ModemError).json;
  const message = typeof json === 'object' && json !== null && 'message' in json ? json.message : undefined;
  if (typeof message === 'string') return message.trim();
  return (error instanceof Error ? error.message : String(error)).trim();
}
