import { readRetryAfter } from '../../domain/retry-after.ts';
import { type VendorFailure, type VendorReply, type VendorRequest, vendorFailure } from '../../domain/vendor.ts';
import { asObject, type Fields, objectOf } from '../kit/json.ts';
import { authenticationMeanings, type Meaning, meaningOfStatus, meanings, unlistedMeaning } from './error-codes.ts';
import { requestIdOf, text } from './reply.ts';

interface Words {
  readonly code: string | null;
  readonly message: string | null;
}

const successCode = 'DRS.00000000';

/**
 * Reads the code and the message of one object in any of the vendor's spellings. `lenient`: also accepts members named `code` and
 * `message`.
 */
function wordsIn(value: Fields | null, lenient: boolean): Words | null {
  if (value === null) return null;
  const code =
    text(value.error_code) ?? text(value.errCode) ?? text(value.errorCode) ?? (lenient ? text(value.code) : null);
  const message =
    text(value.error_msg) ??
    text(value.errorMsg) ??
    text(value.externalMessage) ??
    (lenient ? (text(value.message) ?? text(value.title)) : null);
  return code === null && (message === null || !lenient) ? null : { code, message };
}

/** Reads the vendor error in a body, at the top level or one level below. */
function wordsOf(body: Fields | null, refused: boolean): Words {
  const candidates = refused ? [body, ...Object.values(body ?? {}).map(asObject)] : [body, asObject(body?.error)];
  for (const candidate of candidates) {
    const words = wordsIn(candidate, refused || candidate !== body);
    if (words !== null) return words;
  }
  return { code: null, message: null };
}

/**
 * Shortens a message and removes its secrets. The gateway echoes the canonical request, which may contain a security token, after the word
 * `canonicalRequest`. Long texts without spaces are tokens.
 */
function presentable(message: string | null): string | null {
  if (message === null) return null;
  const [before = ''] = message.split(/canonicalRequest/i);
  const head = before.trimEnd().replace(/,$/, '');
  return head.replace(/[A-Za-z0-9+/=_-]{100,}/g, '[masked]').slice(0, 1000);
}

const wrongCredentials: Meaning = {
  kind: 'unauthenticated',
  detail:
    'The user name, the password, `accountName` or the access key is wrong. `accountName` is the account’s name, not a domain and not ' +
    'the IAM user. A HUAWEI ID cannot log in: use an IAM user.',
};

/** HTTP statuses of a gateway or load balancer that rejects a request, often without a body, before forwarding it. */
const refusedAtTheDoor: readonly number[] = [408, 429, 431, 494];

const unworded: Meaning = {
  kind: 'malformed',
  detail: 'The refusal has none of the members that Huawei Cloud sends, so it may come from a proxy.',
};

function meaningOf(request: VendorRequest, httpStatus: number, { code, message }: Words): Meaning {
  const byStatus = meaningOfStatus(httpStatus);
  // DRS and its gateway always state a reason. A 4xx without one does not prove that the call had no effect.
  if (request.effect === 'write' && code === null && message === null && httpStatus < 500)
    return refusedAtTheDoor.includes(httpStatus) ? byStatus : unworded;
  const gateway = /^(?:APIGW|APIG|APIC)[.-](\d{4})$/.exec(code ?? '')?.[1];
  // The vendor also writes codes with a hyphen, such as `DRS-M00277`.
  const dotted = (code ?? '').replace(/^([A-Za-z]+)-(?=[A-Z0-9])/, '$1.');
  const known = meanings.get(gateway === undefined ? dotted : `APIGW.${gateway}`) ?? unlistedMeaning(dotted, message);
  const authentication =
    gateway === '0301' ? authenticationMeanings.find(([pattern]) => pattern.test(message ?? ''))?.[1] : undefined;
  const meaning = authentication ?? known ?? byStatus;

  // A login has no session to renew. It is not repeated either, because five failures lock the user.
  const unexplained = httpStatus === 401 && meaning === byStatus;
  if (request.service === 'iam' && (meaning.kind === 'session_expired' || unexplained)) return wrongCredentials;
  // After a server error the outcome is unknown, whatever the code says.
  if (httpStatus >= 500 && (meaning.kind === 'rejected' || meaning.kind === 'not_found')) return byStatus;
  return meaning;
}

/**
 * Reads the failure in a response, or returns null. Accepts all forms of the vendor's error bodies, also an error code inside a 2xx
 * response. Three responses are `malformed`, with an unknown outcome: a 2xx that is not a JSON object, a 2xx with an unknown error code,
 * and a 4xx without a vendor error to a changing call.
 */
export function failureOf(request: VendorRequest, reply: VendorReply): VendorFailure | null {
  const { httpStatus } = reply;
  const accepted = httpStatus >= 200 && httpStatus < 300;
  const body = objectOf(reply);
  const words = wordsOf(body, !accepted);
  if (accepted && body !== null && (words.code === null || words.code === successCode)) return null;

  const meaning = meaningOf(request, httpStatus, words);
  const mayWait = meaning.kind === 'throttled' || meaning.kind === 'unavailable';
  return vendorFailure({
    kind: meaning.kind,
    detail: `${request.operation} at Huawei Cloud (HTTP ${httpStatus}): ${meaning.detail}`,
    provider: {
      name: 'huawei',
      operation: request.operation,
      code: words.code,
      message: presentable(words.message),
      requestId: requestIdOf(reply, body),
      httpStatus,
    },
    retryAfterMs: mayWait ? readRetryAfter(reply.headers, reply.receivedAt) : undefined,
  });
}
