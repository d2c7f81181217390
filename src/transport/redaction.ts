import { Secret } from '../domain/secret.ts';
import type { Credentials, Session, SignedRequest, VendorReply } from '../domain/vendor.ts';
import { boundedBody } from './bounded-answer.ts';

/** What stands in the place of a secret. */
export const mask = '[secret]';

/** Shorter values are found everywhere by chance. */
const minSecretLength = 6;
/** Of a long secret so many parts are looked for, each so long: a vendor may cut what it echoes at either end. */
const maxParts = 6;
const partLength = 24;
/** Values under these names give rights, in queries, headers and bodies. */
const secretName = /signature|token|secret|password|authorization|credential|^sig$|^q-ak$/i;
/** Names of headers and members that look secret and are not. */
const openNames: ReadonlySet<string> = new Set([
  'signaturemethod',
  'signatureversion',
  'signaturenonce',
  'signaturetype',
  'x-acs-signature-nonce',
  'clienttoken',
]);

/** Takes secrets out of a text. */
export type Redact = (text: string) => string;

/**
 * Takes out the values that were sent with a request, however they are written: as they are, in upper or lower case, percent-encoded any number
 * of times, with JSON or HTML escapes, in base64. `credentials`, `session`: what it was signed with.
 */
export function redactorFor(signed: SignedRequest, credentials: Credentials | null, session: Session | null): Redact {
  const values = new Set<string>();
  for (const value of Object.values(credentials ?? {})) if (value instanceof Secret) values.add(value.reveal());
  if (session?.token) values.add(session.token.reveal());
  collectFromUrl(signed.url, values);
  for (const [name, value] of Object.entries(signed.headers)) collectNamed(name, value, values);
  if (signed.body !== undefined) collectFromBody(signed.body, values);
  return redactorOf(values);
}

/**
 * An answer as everybody else sees it: texts of bounded length, and none of what was sent in confidence. Throws `UnboundedAnswer` for one that is
 * too deep or has too many elements. `maxOther`: see `boundedBody`.
 */
export function cleanReply(reply: VendorReply, redact: Redact, maxOther?: number): VendorReply {
  const headers = Object.entries(reply.headers).map(([name, value]) => [name, redact(value)] as const);
  return {
    ...reply,
    headers: Object.fromEntries(headers),
    body: withoutSignedParameters(redact(boundedBody(reply.body, maxOther))),
  };
}

/** Takes these values out of a text, however they are written. */
export function redactorOf(values: Iterable<string>): Redact {
  const secrets = [...new Set(values)].filter((value) => value.length >= minSecretLength);
  if (secrets.length === 0) return (text) => text;
  // Hardly any answer echoes a secret, so a cheap look comes before the expression is made at all.
  const hints = secrets.flatMap(hintsOf);
  const isSuspicious = (text: string): boolean => {
    const lower = text.toLowerCase();
    return hints.some((hint) => lower.includes(hint));
  };
  let made: RegExp | null = null;
  const masked = (text: string): string => {
    if (!isSuspicious(text)) return text;
    made ??= new RegExp(
      secrets
        .sort((one, other) => other.length - one.length)
        .flatMap(patternsOf)
        .join('|'),
      'gi',
    );
    return text.replace(made, mask);
  };
  return (text) =>
    masked(
      text.replace(base64Word, (word) => (decodings(word).some((plain) => masked(plain) !== plain) ? mask : word)),
    );
}

/** Parameters of signed URLs, whoever made them: earlier requests and other people's URLs are found by their names. */
const signedParameter =
  /((?:[?&;]|%3F|%26|\\u0026)(?:q-signature|q-ak|signature|sig|x-(?:amz|oss|cos|obs)-(?:signature|security-token|credential)|(?:access[-_]?|security-?)?token)(?:=|%(?:25)*3D|\\u003d))(?:[^&"'\\\s<>;,)]{6,})/gi;

/** Masks what gives rights in the signed URLs of a text. */
export function withoutSignedParameters(text: string): string {
  return text.replace(signedParameter, `$1${mask}`);
}

// ---------------------------------------------------------------- what is secret in a request

function collectFromUrl(text: string, values: Set<string>): void {
  if (!URL.canParse(text)) return;
  const url = new URL(text);
  if (url.password !== '') values.add(decoded(url.password));
  for (const [name, value] of url.searchParams) collectNamed(name, value, values);
}

function collectFromBody(body: string, values: Set<string>): void {
  try {
    collectMembers('', JSON.parse(body), values);
  } catch {
    for (const [name, value] of new URLSearchParams(body)) collectNamed(name, value, values);
  }
}

function collectMembers(name: string, value: unknown, values: Set<string>): void {
  if (typeof value === 'string') collectNamed(name, value, values);
  else if (Array.isArray(value)) for (const each of value) collectMembers(name, each, values);
  else if (typeof value === 'object' && value !== null)
    // A token may be the member of an object that is named for it.
    for (const [member, each] of Object.entries(value))
      collectMembers(/token$/i.test(name) ? `${name}.${member}` : member, each, values);
}

function collectNamed(name: string, value: string, values: Set<string>): void {
  for (const url of value.match(/https?:\/\/[^\s"'<>|]+/gi) ?? []) collectSignedUrl(url, values);
  if (!secretName.test(name) || openNames.has(name.toLowerCase())) return;
  values.add(value);
  const signature = /Signature=([^,\s]+)/i.exec(value)?.[1];
  if (signature !== undefined) values.add(signature);
}

/** A URL that carries rights: its user information, its query whole, and each value of it that is not a mere number or word. */
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

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// ---------------------------------------------------------------- how it may be written

/** The parts of a secret that are looked for: all of a short one, some of a long one. */
function partsOf(secret: string): readonly string[] {
  if (secret.length <= 2 * partLength) return [secret];
  const last = secret.length - partLength;
  const count = Math.min(maxParts, Math.ceil(secret.length / partLength));
  return Array.from({ length: count }, (_, index) => {
    const start = Math.round((index * last) / (count - 1));
    return secret.slice(start, start + partLength);
  });
}

/** For each part its longest run of letters and digits, in lower case: every spelling but base64 leaves it as it is. */
function hintsOf(secret: string): readonly string[] {
  return partsOf(secret).map((part) =>
    (part.toLowerCase().match(/[a-z0-9]+/g) ?? ['']).reduce((one, other) => (other.length > one.length ? other : one)),
  );
}

/** Patterns that find a secret in a text: whole, or from any of its parts on to the end of the word. */
function patternsOf(secret: string): readonly string[] {
  const parts = partsOf(secret).map(written);
  return parts.length === 1 ? parts : parts.map((part) => `${part}${restOfWord}`);
}

/** What may follow in the same word. A backslash belongs to it only where it begins an escape: one before a quotation mark does not. */
const restOfWord = String.raw`(?:[A-Za-z0-9+/=_.~%*\-&;#?:@!$]|\\{1,4}u00[0-9a-f]{2}|\\{1,4}/)*`;

/** The text in any spelling. A number that stands alone in a JSON document is left: it is not an echo. */
function written(text: string): string {
  const pattern = Array.from(text, writtenCharacter).join('');
  return /^\d+$/.test(text) ? `(?<![\\d:,[]\\s?)${pattern}(?!\\d)` : pattern;
}

/** The sign of a percent-encoded byte, which may itself be escaped. */
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

/** Long words that may be base64. */
const base64Word = /[A-Za-z0-9+/_-]{24,}={0,2}/g;
const maxBase64Word = 64 * 1024;

/** What a word stands for as base64, wherever in it the encoded text begins. */
function decodings(word: string): readonly string[] {
  const part = word.slice(0, maxBase64Word);
  return [0, 1, 2, 3].map((offset) => Buffer.from(part.slice(offset), 'base64').toString('utf8'));
}
