import { remembered, rememberedText } from '../domain/remembered.ts';
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
/** What a body holds that has a secret name or a URL in it; either may be percent-encoded. */
const worthReading = /sig|token|secret|password|authorization|credential|q-ak|:\\?\/|%/i;
/** Where a URL begins in the value of a form. */
const formUrl = /:\/\/|%3A(?:%2F|\/)/i;
/** Names of headers and members that look secret and are not. */
const openNames: ReadonlySet<string> = new Set([
  'signaturemethod',
  'signatureversion',
  'signaturenonce',
  'signaturetype',
  'x-acs-signature-nonce',
  'clienttoken',
]);

/** Takes secrets out of texts. */
export interface Redact {
  (text: string): string;
  /** Whether a text may hold one of them; where it answers no, the text would stay as it is. */
  isNeeded(text: string): boolean;
}

/** A secret and what every text that holds it contains. */
interface Sought {
  readonly value: string;
  readonly hints: readonly string[];
}

/**
 * Takes out the values that were sent with a request, however they are written: as they are, in upper or lower case, percent-encoded any number
 * of times, with JSON or HTML escapes, in base64. `credentials`, `session`: what it was signed with.
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

// What lasts longer than a request is prepared once.
const soughtOfToken = remembered((token: Secret): Sought => soughtOf(token.reveal()));
const soughtOfCredentials = remembered((credentials: Credentials): readonly Sought[] =>
  Object.values(credentials).flatMap((value) => (value instanceof Secret ? [soughtOf(value.reveal())] : [])),
);

function soughtOf(value: string): Sought {
  return { value, hints: hintsOf(value) };
}

/**
 * An answer as everybody else sees it: texts of bounded length, and none of what was sent in confidence. Throws `UnboundedAnswer` for one that is
 * too deep or has too many elements. `maxOther`: see `boundedBody`.
 */
export function cleanReply(reply: VendorReply, redact: Redact, maxOther?: number): VendorReply {
  const body = boundedBody(reply.body, maxOther);
  // Hardly any answer echoes a secret: one look at the whole of it is cheaper than one at each part.
  if (!redact.isNeeded(`${Object.values(reply.headers).join('\n')}\n${body}`))
    return { ...reply, body: withoutSignedParameters(body) };
  const headers = Object.entries(reply.headers).map(([name, value]) => [name, redact(value)] as const);
  return { ...reply, headers: Object.fromEntries(headers), body: withoutSignedParameters(redact(body)) };
}

/** Takes these values out of a text, however they are written. */
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
  // The characters that are looked for are one byte each, in every encoding.
  const isNeeded = (text: string): boolean =>
    isSuspicious(text) ||
    (text.match(base64Word) ?? []).some((word) => !vendorId.test(word) && decodings(word, 'latin1').some(isSuspicious));
  return Object.assign(redact, { isNeeded });
}

/** Parameters of signed URLs, whoever made them: earlier requests and other people's URLs are found by their names. */
const signedParameter =
  /((?:[?&;]|%3F|%26|\\u0026)(?:q-signature|q-ak|signature|sig|x-(?:amz|oss|cos|obs)-(?:signature|security-token|credential)|(?:access[-_]?|security-?)?token)(?:=|%(?:25)*3D|\\u003d))(?:[^&"'\\\s<>;,)]{6,})/gi;

/** Masks what gives rights in the signed URLs of a text. */
export function withoutSignedParameters(text: string): string {
  if (!/[=%\\]/.test(text)) return text;
  return text.replace(signedParameter, `$1${mask}`);
}

// ---------------------------------------------------------------- what is secret in a request

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

/** Only what has to be looked at is decoded. */
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
    // A token may be the member of an object that is named for it.
    for (const [member, each] of Object.entries(value))
      collectMembers(/token$/i.test(name) ? `${name}.${member}` : member, each, values);
}

function collectNamed(name: string, value: string, values: Set<string>): void {
  if (value.includes('://'))
    for (const url of value.match(/https?:\/\/[^\s"'<>|]+/gi) ?? []) collectSignedUrl(url, values);
  if (!hasSecretName(name)) return;
  // Beside the signature an authorization names what everybody may know: algorithm, key id and headers.
  values.add(/Signature=([^,\s]+)/i.exec(value)?.[1] ?? value);
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

const hasSecretName = rememberedText((name) => secretName.test(name) && !openNames.has(name.toLowerCase()));

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
  return partsOf(secret).map((part) => longestRun(part.toLowerCase()));
}

/** The first of the longest runs of letters and digits in a text of lower case. */
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
const base64Word = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,}={0,2}/g;
const maxBase64Word = 64 * 1024;
/** A word as vendors write ids: so many hexadecimal digits in a row are never the base64 of a text. */
const vendorId = /^[0-9a-f-]+$/i;

/** What a word stands for as base64, wherever in it the encoded text begins. */
function decodings(word: string, encoding: 'utf8' | 'latin1' = 'utf8'): readonly string[] {
  const part = word.slice(0, maxBase64Word);
  return [0, 1, 2, 3].map((offset) => Buffer.from(part.slice(offset), 'base64').toString(encoding));
}
