import { GodwitProblem, isGodwitError } from '../../client/src/errors.ts';
import { ConfigError } from '../config/config.ts';

/** A mistake of the user, in one sentence. It is printed without a stack trace. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Names of errors that a user can resolve. They are printed without a stack trace. */
const expected = ['StoreLocked', 'StoreUnavailable', 'StoreUrlFault'];

/** Formats an error for standard error. */
export function errorText(error: unknown, asJson: boolean): string {
  if (asJson) return JSON.stringify(error instanceof GodwitProblem ? error.document : { error: words(error) });
  return error instanceof GodwitProblem ? problemText(error) : `godwit: ${words(error)}`;
}

function words(error: unknown): string {
  const fault = listenFault(error);
  if (fault !== null) return fault;
  if (!(error instanceof Error)) return String(error);
  const known = error instanceof ConfigError || error instanceof CommandError || isGodwitError(error);
  return known || expected.includes(error.name) ? error.message : (error.stack ?? error.message);
}

/** Formats a problem document with one fact per line. */
function problemText({ code, status, detail, errors, provider, requestId, document }: GodwitProblem): string {
  const faults = errors.map((fault) => `  ${fault.pointer ?? fault.parameter ?? 'the request'}: ${fault.detail}`);
  const vendor = provider === null ? [] : [`  ${provider.name} ${provider.operation}: ${vendorErrorText(provider)}`];
  const { migrationId } = document;
  return [
    `godwit: ${detail} (${code}, ${status})`,
    ...faults,
    ...vendor,
    ...(typeof migrationId === 'string' ? [`  migration ${migrationId}`] : []),
    `  request id ${requestId}`,
  ].join('\n');
}

/** Formats a vendor's error with its request id, for which the vendor's support asks. */
export function vendorErrorText(provider: {
  readonly code: string | null;
  readonly message: string | null;
  readonly requestId: string | null;
}): string {
  const said = [provider.code, provider.message].filter((part) => part !== null).join(': ');
  const id = provider.requestId === null ? '' : ` (request id ${provider.requestId})`;
  return `${said === '' ? 'no message' : said}${id}`;
}

/** Explains why the gateway cannot listen on the address; null for any other error. */
function listenFault(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code, syscall, address, port, hostname } = error as NodeJS.ErrnoException & {
    readonly address?: string;
    readonly port?: number;
    readonly hostname?: string;
  };
  if (syscall === 'getaddrinfo')
    return `the host name ${hostname} of listen.host (or HOST) does not resolve; choose an address such as 127.0.0.1`;
  if (syscall !== 'listen') return null;
  switch (code) {
    case 'EADDRINUSE':
      return 'the port is already in use; choose another one with PORT or listen.port';
    case 'EACCES':
      return `this user may not listen on port ${port}; choose one above 1023 with PORT or listen.port`;
    case 'EADDRNOTAVAIL':
      return `this machine has no address ${address}; choose another one with HOST or listen.host`;
    default:
      return `cannot listen on ${address}:${port} (${code})`;
  }
}
