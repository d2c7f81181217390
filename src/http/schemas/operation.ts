import type { IncomingHttpHeaders } from 'node:http';
import { type TSchema, Type } from '@sinclair/typebox';
import { type ProblemCode, problemCatalogue } from '../../domain/problem.ts';

/** Building blocks for the routes’ schemas. */

/** A reference to a named schema; `T` is the type of its values. */
export function ref<T>(name: string) {
  return Type.Unsafe<T>({ $ref: `${name}#` });
}

type HeaderSchemas = Readonly<Record<string, { readonly type: 'string' | 'integer'; readonly description: string }>>;

const responseHeaders = {
  ETag: { type: 'string', description: 'Version of the representation, for `If-Match` and `If-None-Match`.' },
  Location: { type: 'string', description: 'Path of the new resource.' },
  'Retry-After': { type: 'integer', description: 'Seconds after which to ask again.' },
  Link: { type: 'string', description: 'The next page, `rel="next"`.' },
  'Preference-Applied': { type: 'string', description: 'The applied preferences.' },
  'Idempotency-Replayed': {
    type: 'string',
    description: '`true`: this answer repeats an earlier one for the same key.',
  },
} as const satisfies HeaderSchemas;
type HeaderName = keyof typeof responseHeaders;

/** A JSON response of the named schema. */
export function answers(schemaName: string, description: string, headers: readonly HeaderName[] = []) {
  return {
    description,
    ...described(headers),
    content: { 'application/json': { schema: { $ref: `${schemaName}#` } } },
  };
}

/** A response without a body. */
export function empty(description: string, headers: readonly HeaderName[] = []) {
  return { description, type: 'null', ...described(headers) };
}

function described(names: readonly HeaderName[]) {
  return names.length === 0 ? {} : { headers: Object.fromEntries(names.map((name) => [name, responseHeaders[name]])) };
}

/** Problems that every operation can respond with. */
const everywhere: readonly ProblemCode[] = [
  // Without authentication: a request to a host name of another machine.
  'forbidden',
  'not_acceptable',
  'rate_limited',
  'internal',
  'overloaded',
  'draining',
];
const behindAuthentication: readonly ProblemCode[] = ['unauthenticated'];
const withBody: readonly ProblemCode[] = [
  'payload_too_large',
  'unsupported_media_type',
  'invalid_request',
  'store_outcome_unknown',
];

/**
 * The problem responses of an operation by status. `open`: no authentication. `read`: authentication. `body`: authentication and a body.
 * `codes`: problems beyond those common to the kind.
 */
export function problems(kind: 'open' | 'read' | 'body', codes: readonly ProblemCode[] = []) {
  const all = new Set<ProblemCode>([
    ...everywhere,
    ...(kind === 'open' ? [] : behindAuthentication),
    ...(kind === 'body' ? withBody : []),
    ...codes,
  ]);
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of all)
    byStatus.set(problemCatalogue[code].status, [...(byStatus.get(problemCatalogue[code].status) ?? []), code]);
  const statuses = [...byStatus].sort(([one], [other]) => one - other);
  return Object.fromEntries(statuses.map(([status, each]) => [status, problemResponse(each)]));
}

function problemResponse(codes: readonly ProblemCode[]) {
  const description = codes.map((code) => `\`${code}\`: ${problemCatalogue[code].title}`).join('. ');
  const headers: HeaderName[] = [
    ...(codes.some((code) => problemCatalogue[code].retryable) ? (['Retry-After'] as const) : []),
    // A vendor's rejection of a submission is stored with it and returned again for the same idempotency key.
    ...(codes.some((code) => code.startsWith('provider_')) ? (['Idempotency-Replayed'] as const) : []),
  ];
  return {
    description,
    ...described(headers),
    content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
  };
}

// Without `examples`, because the explorer would send such a value: a used key, or an entity tag of another migration.
const requestHeader = (description: string, example: string) =>
  Type.Optional(Type.String({ description: `${description} For example \`${example}\`.` }));

export const requestHeaders = {
  idempotencyKey: requestHeader(
    'A key of your choice, 1–255 visible ASCII characters, bare or in double quotes. The same request with the same key is answered ' +
      'once: repeat it safely after a timeout. Kept at least 24 hours.',
    '3f6c1d0e-orders-2026',
  ),
  prefer: requestHeader(
    '`wait=N`: wait up to N seconds (default 10, at most 20) for the vendor’s acceptance. `respond-async`: answer at once.',
    'wait=20',
  ),
  ifMatch: requestHeader(
    'Only if the representation still has this entity tag; else 412.',
    '"mig_01kbzq3m8e9v6x2c4n7p5r0t1w.3"',
  ),
  ifNoneMatch: requestHeader(
    '304 if the representation still has this entity tag.',
    '"mig_01kbzq3m8e9v6x2c4n7p5r0t1w.3"',
  ),
};

/** A schema of request headers. They are documented here and read by the functions in `request/`. */
export function headers(known: Readonly<Record<string, TSchema>>) {
  return Type.Unsafe<IncomingHttpHeaders>(Type.Object({ ...known }));
}

const id = (prefix: string, thing: string) =>
  Type.String({
    pattern: `^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`,
    description: `Id of the ${thing}.`,
    examples: [`${prefix}_01kbzq3m8e9v6x2c4n7p5r0t1w`],
  });

export const MigrationParams = Type.Object({ id: id('mig', 'migration') });
export const WebhookParams = Type.Object({ id: id('whk', 'webhook') });
export const DeliveryParams = Type.Object({ id: id('whk', 'webhook'), deliveryId: id('dlv', 'delivery') });
export const BackupParams = Type.Object({ id: id('mig', 'migration'), backupId: id('bkp', 'backup') });

export const pageParameters = {
  pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'Items per page.' })),
  pageToken: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 256,
      description: '`nextPageToken` of the previous page, with the same filters.',
    }),
  ),
};
/** Items per page without `pageSize`. */
export const defaultPageSize = 50;

/** A body without members. */
export const EmptyBody = Type.Object({}, { additionalProperties: false });
/** A query that accepts no parameter. */
export const NoQuery = Type.Object({}, { additionalProperties: false });
