import { remembered, rememberedText } from '../domain/remembered.ts';
import { Secret } from '../domain/secret.ts';
import type { Credentials, Session, SignedRequest, VendorReply } from '../domain/vendor.ts';
import { boundedBody } from './bounded-answer.ts';

/** The replacement for a secret in a text. */
export const mask = '[secret]';

/** Minimum length of a secret in characters. Shorter values occur in texts by chance. */
const minSecretLength = 6;
/**
 * A long secret is matched by up to this many parts of `partLength` characters, because a vendor may truncate an echoed value at either
 * end.
 */
const maxParts = 6;
const partLength = 24;
/** Names of query parameters, headers and body members whose values grant access. */
const secretName = /signature|token|secret|password|authorization|credential|^sig$|^q-ak$/i;
/** A body that does not match contains neither a secret name nor a URL and needs no parsing. Both may be percent-encoded. */
const worthReading = /sig|token|secret|password|authorization|credential|q-ak|:\\?\/|%/i;
/** Matches the start of a URL in a value of a form body. */
const formUrl = /:\/\/|%3A(?:%2F|\/)/i;
/** Names of headers and members that match `secretName` and hold no secret. */
const openNames: ReadonlySet<string> = new Set([
  'signaturemethod',
  'signatureversion',
  'signaturenonce',
  'signaturetype',
  'x-acs-signature-nonce',
  'clienttoken',
]);

/** Replaces secrets in a text by `mask`. */
export interface Redact {
  (text: string): string;
  /** Whether the text may contain a secret. If false, redaction would leave the text unchanged. */
  isNeeded(text: string): boolean;
}

/** A secret, with the hints of which every text that contains the secret contains at least one. */
interface Sought {
  readonly value: string;
  readonly hints: readonly string[];
}

/**
 * Creates the redaction for the response to a signed request. It masks the secrets of the request, `credentials` and `session` in every
 * spelling: in upper or lower case, percent-encoded repeatedly, with JSON or HTML escapes, and in base64.
 */
export function redactorFor(signed: SignedRequest, credentials: Credentials | null, session: Session | null): Redact {
  const values = new Set<string>();
  collectFromUrl(signed.url, values);
  for (const name in signed.headers) collectNamed(name, signed.headers[name] ?? '', values);
  if (signed.body !== undefined) collectFromBody(signed.body, values);
  return redactorFrom([
    ...(credentials === null ? [] : soughtOfCredentials(credentials)),
    ...(session?.token ? [soughtOfToken(session.token)] : []),
    ...Array.from(values, soughtOf),
  ]);
}

// Credentials and session tokens outlast a request, so their hints are computed once.
const soughtOfToken = remembered((token: Secret): Sought => soughtOf(token.reveal()));
const soughtOfCredentials = remembered((credentials: Credentials): readonly Sought[] =>
  Object.values(credentials).flatMap((value) => (value instanceof Secret ? [soughtOf(value.reveal())] : [])),
);

function soughtOf(value: string): Sought {
  return { value, hints: hintsOf(value) };
}

/**
 * Returns the response for all other modules: bounded texts without secrets. Throws `UnboundedAnswer` for a body that is nested too deeply
 * or has too many elements. `maxOther`: see `boundedBody`.
 */
export function cleanReply(reply: VendorReply, redact: Redact, maxOther?: number): VendorReply {
  const body = boundedBody(reply.body, maxOther);
  // A response rarely echoes a secret. One check of the whole response is cheaper than one check per header.
  if (!redact.isNeeded(`${Object.values(reply.headers).join('\n')}\n${body}`))
    return { ...reply, body: withoutSignedParameters(body) };
  const headers = Object.entries(reply.headers).map(([name, value]) => [name, redact(value)] as const);
  return { ...reply, headers: Object.fromEntries(headers), body: withoutSignedParameters(redact(body)) };
}

/** Creates a redaction that masks these values in every spelling. */
export function redactorOf(values: Iterable<string>): Redact {
  return redactorFrom(Array.from(values, soughtOf));
}

function redactorFrom(sought: readonly Sought[]): Redact {
  const known = sought.filter(({ value }) => value.length >= minSecretLength);
  const hints = [...new Set(known.flatMap((each) => each.hints))];
  const isSuspicious = (text: string): boolean => {
    const lower = text.toLowerCase();
    return hints.some((hint) => lower.includes(hint));
  };
  let made: RegExp | null = null;
  const masked = (text: string): string => {
    if (!isSuspicious(text)) return text;
    made ??= new RegExp(
      [...new Set(known.map(({ value }) => value))]
        .sort((one, other) => other.length - one.length)
        .flatMap(patternsOf)
        .join('|'),
      'gi',
    );
    return text.replace(made, mask);
  };
  const redact = (text: string): string =>
    masked(
      text.replace(base64Word, (word) => (decodings(word).some((plain) => masked(plain) !== plain) ? mask : word)),
    );
  // The hints consist of ASCII letters and digits, which are one byte each in both encodings.
  const isNeeded = (text: string): boolean =>
    isSuspicious(text) ||
    (text.match(base64Word) ?? []).some((word) => !vendorId.test(word) && decodings(word, 'latin1').some(isSuspicious));
  return Object.assign(redact, { isNeeded });
}

/** Matches the secret parameters of signed URLs by name, including URLs that did not come from this request. */
const signedParameter =
  /((?:[?&;]|%3F|%26|\\u0026)(?:q-signature|q-ak|signature|sig|x-(?:amz|oss|cos|obs)-(?:signature|security-token|credential)|(?:access[-_]?|security-?)?token)(?:=|%(?:25)*3D|\\u003d))(?:[^&"'\\\s<>;,)]{6,})/gi;

/** Masks the values of secret parameters in the signed URLs of a text. */
export function withoutSignedParameters(text: string): string {
  if (!/[=%\\]/.test(text)) return text;
  return text.replace(signedParameter, `$1${mask}`);
}

// Secrets in a request

function collectFromUrl(text: string, values: Set<string>): void {
  const url = /[?@]/.test(text) ? URL.parse(text) : null;
  if (url === null) return;
  if (url.password !== '') values.add(decoded(url.password));
  for (const [name, value] of url.searchParams) collectNamed(name, value, values);
}

function collectFromBody(body: string, values: Set<string>): void {
  if (!worthReading.test(body)) return;
  if (!/^\s*[{["]/.test(body)) {
    collectFromForm(body, values);
    return;
  }
  try {
    collectMembers('', JSON.parse(body), values);
  } catch {
    collectFromForm(body, values);
  }
}

/** Decodes only the pairs that may hold a secret. */
function collectFromForm(body: string, values: Set<string>): void {
  const holdsUrls = formUrl.test(body);
  for (const pair of body.split('&')) {
    const end = pair.indexOf('=');
    const name = end < 0 ? pair : pair.slice(0, end);
    if (hasSecretName(name) || name.includes('%') || (holdsUrls && formUrl.test(pair)))
      for (const [plainName, plainValue] of new URLSearchParams(pair)) collectNamed(plainName, plainValue, values);
  }
}

function collectMembers(name: string, value: unknown, values: Set<string>): void {
  if (typeof value === 'string') collectNamed(name, value, values);
  else if (Array.isArray(value)) for (const each of value) collectMembers(name, each, values);
  else if (typeof value === 'object' && value !== null)
    // A token may be a member of an object whose name ends in `token`.
    for (const [member, each] of Object.entries(value))
      collectMembers(/token$/i.test(name) ? `${name}.${member}` : member, each, values);
}

function collectNamed(name: string, value: string, values: Set<string>): void {
  if (value.includes('://'))
    for (const url of value.match(/https?:\/\/[^\s"'<>|]+/gi) ?? []) collectSignedUrl(url, values);
  if (!hasSecretName(name)) return;
  // Apart from the signature, an `Authorization` header contains only public parts: the algorithm, the key id and the names of headers.
  values.add(/Signature=([^,\s]+)/i.exec(value)?.[1] ?? value);
}

/**
 * Collects the secrets of a URL: its user information, its whole query, and each query value with a secret name or of at least 16
 * characters that are not all digits.
 */
function collectSignedUrl(text: string, values: Set<string>): void {
  const match = /^https?:\/\/(?:([^/?#@]*)@)?[^?#]*(?:\?([^#]*))?/i.exec(text);
  const [, userInformation = '', query = ''] = match ?? [];
  if (userInformation !== '') {
    values.add(userInformation);
    for (const part of userInformation.split(':')) values.add(decoded(part));
  }
  if (query === '') return;
  values.add(query);
  for (const pair of query.split('&')) {
    const [name = '', raw = ''] = pair.split(/=(.*)/s);
    const isSecret = secretName.test(decoded(name)) || (raw.length >= 16 && /\D/.test(raw));
    if (isSecret) for (const value of [raw, decoded(raw)]) values.add(value);
  }
}

const hasSecretName = rememberedText((name) => secretName.test(name) && !openNames.has(name.toLowerCase()));

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// Spellings of a secret

/** The parts of a secret to match: the whole of a short one, several parts of a long one. */
function partsOf(secret: string): readonly string[] {
  if (secret.length <= 2 * partLength) return [secret];
  const last = secret.length - partLength;
  const count = Math.min(maxParts, Math.ceil(secret.length / partLength));
  return Array.from({ length: count }, (_, index) => {
    const start = Math.round((index * last) / (count - 1));
    return secret.slice(start, start + partLength);
  });
}

/** The longest run of letters and digits of each part, in lower case. Every spelling except base64 preserves such a run. */
function hintsOf(secret: string): readonly string[] {
  return partsOf(secret).map((part) => longestRun(part.toLowerCase()));
}

/** The first of the longest runs of letters and digits in a lower-case text. */
function longestRun(text: string): string {
  let longest = '';
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39)) continue;
    if (at - start > longest.length) longest = text.slice(start, at);
    start = at + 1;
  }
  return longest;
}

/** Patterns for a secret in a text: the whole secret, or any part together with the remainder of its word. */
function patternsOf(secret: string): readonly string[] {
  const parts = partsOf(secret).map(written);
  return parts.length === 1 ? parts : parts.map((part) => `${part}${restOfWord}`);
}

/**
 * Matches the remainder of a word. A backslash counts only at the start of an escape, so that it does not swallow one before a quotation
 * mark.
 */
const restOfWord = String.raw`(?:[A-Za-z0-9+/=_.~%*\-&;#?:@!$]|\\{1,4}u00[0-9a-f]{2}|\\{1,4}/)*`;

/** A pattern for the text in any spelling. It skips a number that is a JSON value of its own, because such a number is no echo. */
function written(text: string): string {
  const pattern = Array.from(text, writtenCharacter).join('');
  return /^\d+$/.test(text) ? `(?<![\\d:,[]\\s?)${pattern}(?!\\d)` : pattern;
}

/** A percent sign, which may itself be escaped as HTML or JSON. */
const percentSign = '(?:%|&#(?:37|x0*25);|\\\\{1,4}u0025)';
const htmlNames: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

function writtenCharacter(character: string): string {
  if (/[A-Za-z0-9]/.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const bytes = [...new TextEncoder().encode(character)].map((byte) => byte.toString(16).padStart(2, '0'));
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index).toString(16));
  const forms = [
    `\\\\{0,4}${character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')}`,
    bytes.map((byte) => `${percentSign}(?:25){0,4}${byte}`).join(''),
    units.map((unit) => `\\\\{1,4}u${unit.padStart(4, '0')}`).join(''),
    `&(?:amp;){0,3}#(?:${code}|x0*${code.toString(16)});`,
    ...(htmlNames[character] === undefined ? [] : [`&(?:amp;){0,3}${htmlNames[character]};`]),
    ...(character === ' ' ? ['\\+'] : []),
  ];
  return `(?:${forms.join('|')})`;
}

/** Words long enough to contain a secret in base64. */
const base64Word = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,}={0,2}/g;
const maxBase64Word = 64 * 1024;
/** A word like a vendor's id. A long run of hexadecimal digits is practically never the base64 of a text. */
const vendorId = /^[0-9a-f-]+$/i;

/** Decodes a word as base64 from each of the four possible alignments. */
function decodings(word: string, encoding: 'utf8' | 'latin1' = 'utf8'): readonly string[] {
  const part = word.slice(0, maxBase64Word);
  return [0, 1, 2, 3].map((offset) => Buffer.from(part.slice(offset), 'base64').toString(encoding));
}
