import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Issued, IssuedCredentials, IssuerRequest } from '../../domain/credentials.ts';
import type { Runtime } from '../../domain/runtime.ts';
import { Secret } from '../../domain/secret.ts';
import { type Credentials, VendorError, type VendorReply, vendorFailure } from '../../domain/vendor.ts';
import type { Exchange } from '../exchange.ts';
import { exchangeFailure } from '../failure.ts';
import { cleanReply, redactorFor } from '../redaction.ts';
import { refusedLoginPauseMs } from '../refused-logins.ts';

/** A source of temporary credentials. */
export interface CredentialSource {
  /** Pause after a refusal with the same inputs, in milliseconds. */
  readonly refusalPauseMs: number;
  /** A digest of the inputs of an exchange. A rotated token file or a changed password changes it, which ends the pause after a refusal. */
  fingerprint(): Promise<string>;
  /** Performs one exchange with the issuer. Throws `VendorError`. */
  issue(): Promise<Issued>;
}

/** Pause after a refusal with the same inputs, in milliseconds, by kind of issuer. */
const refusalPauseMs: Readonly<Record<IssuedCredentials['issuer'], number>> = {
  service: 60_000,
  pod: 60_000,
  metadata: 30_000,
};

/** Creates the source that runs the dialogue of `credentials`: it reads the inputs and sends the requests. */
export function credentialSource(
  credentials: IssuedCredentials,
  exchange: Exchange,
  runtime: Runtime,
): CredentialSource {
  const { provider, issuer, tokenFile, locksUser = false } = credentials;
  const token = () => (tokenFile === undefined ? Promise.resolve('') : readToken(provider, tokenFile));
  const base = async () => credentials.base?.() ?? null;
  return {
    refusalPauseMs: locksUser ? refusedLoginPauseMs : refusalPauseMs[issuer],
    fingerprint: async () => digestOf(await token(), ...valuesOf(await base())),
    async issue() {
      const input = { token: await token(), base: await base(), now: runtime.now(), nonce: runtime.uuid() };
      const dialogue = credentials.issue(input);
      let step = dialogue.next();
      while (!step.done) {
        const answer = await send(exchange, step.value, provider, runtime);
        step = answer instanceof VendorError ? dialogue.throw(answer) : dialogue.next(answer);
      }
      return step.value;
    },
  };
}

/** Sends the request once. Returns the failure if no response arrives. */
async function send(
  exchange: Exchange,
  request: IssuerRequest,
  provider: string,
  runtime: Runtime,
): Promise<VendorReply | VendorError> {
  const { operation, method, url, headers = {}, body } = request;
  try {
    const signed = { method, url, headers, body };
    return cleanReply(await exchange.send(signed, runtime.now), redactorFor(signed, null, null));
  } catch (error) {
    return new VendorError(exchangeFailure(error, { operation }, provider, new URL(url).host));
  }
}

/** Reads a token file. Throws `VendorError`, whose text does not contain the contents of the file. */
async function readToken(provider: string, path: string): Promise<string> {
  const text = await readFile(path, 'utf8').then(
    (content) => content.trim(),
    () => null,
  );
  if (text !== null && text !== '') return text;
  const what = text === null ? 'cannot be read' : 'is empty';
  const detail = `The token file ${path} ${what}.`;
  throw new VendorError(
    vendorFailure({ kind: 'unauthenticated', detail, provider: { name: provider, operation: 'ReadTokenFile' } }),
  );
}

function valuesOf(credentials: Credentials | null): readonly string[] {
  return Object.values(credentials ?? {}).map((value: unknown) =>
    value instanceof Secret ? value.reveal() : String(value),
  );
}

function digestOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}
