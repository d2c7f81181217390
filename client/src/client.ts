import createFetchClient, { type FetchOptions, type FetchResponse, type MaybeOptionalInit } from 'openapi-fetch';
import { GodwitUnexpectedAnswer } from './errors.ts';
import { type EventOptions, type FollowOptions, followEvents, type Reset } from './events.ts';
import { queryString } from './query.ts';
import type { paths } from './schema.ts';
import { type Credential, createSend } from './send.ts';
import { systemTiming, type Timing } from './timing.ts';
import type { Event, Migration } from './types.ts';
import { type WaitOptions, waitForMigration, watchMigration } from './watch.ts';

export interface GodwitOptions {
  /** Where the gateway is, with its path if it has one: `https://apis.example.com/godwit`. */
  readonly url: string;
  /** An API key or a token, or a function that is asked for it before each attempt. None where the gateway wants none. */
  readonly credential?: Credential | undefined;
  /** How the credential is sent: `bearer` (default) as `Authorization: Bearer …`, `apiKey` as `X-API-Key: …`. */
  readonly scheme?: 'bearer' | 'apiKey';
  /** Whether every POST gets an `Idempotency-Key` of its own where the call gives none; default true. Without one a POST is never sent again. */
  readonly idempotencyKeys?: boolean;
  /** How often one call is tried in all; default 5. A `GET`, and a `POST` with a key, is tried again where that can help. */
  readonly attempts?: number;
  /** No attempt begins later than so many milliseconds after the first; default 60,000. A longer `Retry-After` ends the tries. */
  readonly retryMs?: number;
  /** How long one attempt may take, in milliseconds; default 30,000. More than the 20 s that `Prefer: wait` may ask for. */
  readonly timeoutMs?: number;
  /** Carries out single requests; default: the global `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

type Verb = 'get' | 'post' | 'patch' | 'delete';
type PathsWith<V extends Verb> = {
  [P in keyof paths]: paths[P] extends { readonly [K in V]: object } ? P : never;
}[keyof paths];
type OperationOf<P extends keyof paths, V extends Verb> =
  paths[P][V] extends Record<string | number, unknown> ? paths[P][V] : never;
type Init<P extends keyof paths, V extends Verb> = FetchOptions<OperationOf<P, V>>;
type InitArgument<P extends keyof paths, V extends Verb> =
  undefined extends MaybeOptionalInit<paths[P], V> ? [init?: Init<P, V>] : [init: Init<P, V>];
type Data<P extends keyof paths, V extends Verb> = NonNullable<
  FetchResponse<OperationOf<P, V>, object, 'application/json'>['data']
>;

/** An answer below 400. */
export interface Answer<T> {
  readonly data: T;
  /** Status and headers, such as `ETag`; its body has been read. */
  readonly response: Response;
}

type Call<V extends Verb> = <P extends PathsWith<V>>(
  path: P,
  ...init: InitArgument<P, V>
) => Promise<Answer<Data<P, V>>>;

/** Lists, which come in pages. */
type ListPath = {
  [P in PathsWith<'get'>]: Data<P, 'get'> extends { readonly items: readonly unknown[] } ? P : never;
}[PathsWith<'get'>];
type ItemOf<P extends ListPath> = Data<P, 'get'> extends { readonly items: readonly (infer T)[] } ? T : never;

/** The gateway at one address. Whatever it answers from 400 on rejects with `GodwitProblem`. */
export interface Godwit {
  readonly GET: Call<'get'>;
  readonly POST: Call<'post'>;
  readonly PATCH: Call<'patch'>;
  readonly DELETE: Call<'delete'>;
  /** The items of a list, page after page. */
  paginate<P extends ListPath>(path: P, ...init: InitArgument<P, 'get'>): AsyncGenerator<ItemOf<P>, void>;
  /** Events as they happen. The stream is opened again whenever it ends: no event is missing and none comes twice. */
  events(options?: EventOptions): AsyncGenerator<Event | Reset, void>;
  /** The migration as it is now, and again whenever it has changed, until it has ended. */
  watch(id: string, options?: FollowOptions): AsyncGenerator<Migration, void>;
  /** Resolves with the migration when it is as wanted (default: when it has ended), or has ended otherwise: look at its `state`. */
  waitFor(id: string, options?: WaitOptions): Promise<Migration>;
}

/** A client of the gateway at `url`. Nothing is sent before the first call. Throws a `TypeError` when the URL is none. */
export function createGodwit(options: GodwitOptions): Godwit {
  return createGodwitWith(options, systemTiming);
}

/** The same with its clock and its sleep. */
export function createGodwitWith(options: GodwitOptions, timing: Timing): Godwit {
  const url = new URL(options.url).href.replace(/\/+$/, '');
  const send = createSend({
    credential: options.credential,
    scheme: options.scheme ?? 'bearer',
    idempotencyKeys: options.idempotencyKeys ?? true,
    attempts: options.attempts ?? 5,
    retryMs: options.retryMs ?? 60_000,
    timeoutMs: options.timeoutMs ?? 30_000,
    fetch: options.fetch ?? ((request) => fetch(request)),
    timing,
  });
  const client = createFetchClient<paths>({
    baseUrl: url,
    fetch: (request) => send(request),
    querySerializer: queryString,
  });
  const connection = { url, send, timing };
  const get = client.GET as unknown as Call<'get'>;
  return {
    GET: get,
    POST: client.POST as unknown as Call<'post'>,
    PATCH: client.PATCH as unknown as Call<'patch'>,
    DELETE: client.DELETE as unknown as Call<'delete'>,
    paginate: (path, ...init) => pages(get, path, init),
    events: (wanted = {}) => followEvents(connection, wanted),
    watch: (id, wanted = {}) => watchMigration(connection, id, wanted),
    waitFor: (id, wanted = {}) => waitForMigration(connection, id, wanted),
  };
}

async function* pages<P extends ListPath>(
  get: Call<'get'>,
  path: P,
  [init]: InitArgument<P, 'get'>,
): AsyncGenerator<ItemOf<P>, void> {
  const read = get as unknown as (path: P, init: object) => Promise<Answer<Page<ItemOf<P>>>>;
  const { params } = (init ?? {}) as { readonly params?: { readonly query?: object } };
  for (let pageToken: string | undefined; ; ) {
    const query = { ...params?.query, ...(pageToken !== undefined && { pageToken }) };
    const { data, response } = await read(path, { ...init, params: { ...params, query } });
    yield* data.items;
    const next = data.nextPageToken ?? undefined;
    if (next === undefined) return;
    if (next === pageToken) throw new GodwitUnexpectedAnswer(response.status, 'the next page is the same page');
    pageToken = next;
  }
}

interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken?: string | null;
}
