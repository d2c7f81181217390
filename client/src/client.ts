import createFetchClient, { type FetchOptions, type FetchResponse, type MaybeOptionalInit } from 'openapi-fetch';
import { GodwitUnexpectedAnswer } from './errors.ts';
import { type EventOptions, type FollowOptions, followEvents, type Reset } from './events.ts';
import { queryString } from './query.ts';
import type { paths } from './schema.ts';
import { type Credential, createSend } from './send.ts';
import { systemTiming, type Timing } from './timing.ts';
import type { Event, Migration } from './types.ts';
import { type WaitOptions, waitForMigration, watchMigration } from './watch.ts';

/** Settings of a client. */
export interface GodwitOptions {
  /** URL of the gateway, including its path: `https://apis.example.com/godwit`. */
  readonly url: string;
  /** An API key or a token, or a function that returns one before each attempt. Absent: no credential is sent. */
  readonly credential?: Credential | undefined;
  /** The header of the credential: `bearer` (default) is `Authorization: Bearer …`, `apiKey` is `X-API-Key: …`. */
  readonly scheme?: 'bearer' | 'apiKey';
  /** Whether the client adds an `Idempotency-Key` to every POST without one; default true. A POST without a key is never repeated. */
  readonly idempotencyKeys?: boolean;
  /** Maximum attempts of one call; default 5. Only a `GET` and a `POST` with a key are repeated, and only after an error that may pass. */
  readonly attempts?: number;
  /**
   * Maximum time between the start of the first attempt and the start of the last one, in milliseconds; default 60,000. A longer
   * `Retry-After` ends the attempts.
   */
  readonly retryMs?: number;
  /** Timeout of one attempt in milliseconds; default 30,000. Must exceed the wait of `Prefer: wait`, at most 20 s. */
  readonly timeoutMs?: number;
  /** Sends a single request; default: the global `fetch`. */
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

/** A response with a status below 400. */
export interface Answer<T> {
  readonly data: T;
  /** Status and headers, such as `ETag`. The body is consumed. */
  readonly response: Response;
}

type Call<V extends Verb> = <P extends PathsWith<V>>(
  path: P,
  ...init: InitArgument<P, V>
) => Promise<Answer<Data<P, V>>>;

/** Paths of paginated lists. */
type ListPath = {
  [P in PathsWith<'get'>]: Data<P, 'get'> extends { readonly items: readonly unknown[] } ? P : never;
}[PathsWith<'get'>];
type ItemOf<P extends ListPath> = Data<P, 'get'> extends { readonly items: readonly (infer T)[] } ? T : never;

/** The operations of one gateway. A status of 400 or above rejects with `GodwitProblem`; see `GodwitError` for other failures. */
export interface Godwit {
  readonly GET: Call<'get'>;
  readonly POST: Call<'post'>;
  readonly PATCH: Call<'patch'>;
  readonly DELETE: Call<'delete'>;
  /** Yields the items of a list, reading one page at a time. */
  paginate<P extends ListPath>(path: P, ...init: InitArgument<P, 'get'>): AsyncGenerator<ItemOf<P>, void>;
  /** Yields events as they happen, each once and in order. The stream is reopened whenever it ends. */
  events(options?: EventOptions): AsyncGenerator<Event | Reset, void>;
  /** Yields the migration now and after each change, until it has ended. */
  watch(id: string, options?: FollowOptions): AsyncGenerator<Migration, void>;
  /**
   * Resolves with the migration once it meets `until` (default: once it has ended), or has ended in another state. Rejects with
   * `GodwitWaitTimeout` after `timeoutMs`.
   */
  waitFor(id: string, options?: WaitOptions): Promise<Migration>;
}

/** Creates a client of the gateway at `url`. Nothing is sent before the first call. Throws `TypeError` for an invalid URL. */
export function createGodwit(options: GodwitOptions): Godwit {
  return createGodwitWith(options, systemTiming);
}

/** As `createGodwit`, with an injected clock and sleep. */
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
