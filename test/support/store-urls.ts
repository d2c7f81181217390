/** Parts of passwords that no output may show. Every malformed URL contains at least one. */
export const piecesOfPassword = ['hunter', '8675', 'swordfish'] as const;

const encode = /has a character that must be percent-encoded: `@` as %40, `\/` as %2F/;

/** Malformed store URLs and the messages about them. */
export const malformedStoreUrls: readonly (readonly [what: string, url: string, sentence: RegExp])[] = [
  ['a slash', 'postgres://u:hunter/swordfish@db/godwit', encode],
  ['a slash behind digits, which look like a port', 'postgres://u:8675/swordfish@db/godwit', encode],
  ['a hash', 'postgres://u:hunter#swordfish@db/godwit', encode],
  ['a question mark', 'postgres://u:hunter?swordfish@db/godwit', encode],
  ['a question mark behind digits, which look like a port', 'postgres://u:8675?swordfish=1@db/godwit', encode],
  ['an at sign', 'postgres://u:hunter@swordfish@db/godwit', encode],
  ['an at sign and a slash', 'postgres://u:p@hunter/swordfish@db/godwit', encode],
  ['an at sign and a question mark', 'postgres://u:p@hunter?swordfish@db/godwit', encode],
  ['an at sign, a slash and a hash', 'postgres://u:p@hunter/w:8675#swordfish@db/godwit', encode],
  ['a percent sign', 'postgres://u:hunter%swordfish@db/godwit', /the password in the store URL has a `%`/],
  ['no host', 'postgres://u:hunter', /a malformed host or port/],
  ['an empty host in a list', 'postgres://u:hunter@h1,,h2/godwit', /a malformed host or port/],
  ['a port beyond 65535', 'postgres://u:hunter@db:70000/godwit', /a port outside 1 to 65535/],
  ['a port that is not a number', 'postgres://u:hunter@db:default/godwit', /a malformed host or port/],
  ['an unknown parameter', 'postgres://u:hunter@db/godwit?swordfish=1', /an unknown parameter; known ones are sslmode/],
  ['a misspelt sslmode', 'postgres://u:hunter@db/godwit?sslmode=verify-ful', /an unknown `sslmode`; known ones are/],
  [
    'a standby as the wanted server',
    'postgres://u:hunter@db/godwit?target_session_attrs=standby',
    /`target_session_attrs` other than/,
  ],
];
