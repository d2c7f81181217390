import { GodwitProblem, GodwitUnexpectedAnswer, GodwitUnreachable, type ProblemDocument } from './errors.ts';
import { type RetryLimits, retryAfterMs, retryPause } from './retry.ts';
import { maxTimerMs, type Timing } from './timing.ts';

/** An API key or a token, or a function that returns one before each attempt. */
export type Credential = string | (() => string | Promise<string>);

export interface SendSettings extends RetryLimits {
  readonly credential?: Credential | undefined;
  /** `bearer`: `Authorization: Bearer …`; `apiKey`: `X-API-Key: …`. */
  readonly scheme: 'bearer' | 'apiKey';
  /** Whether a POST without an `Idempotency-Key` gets one. */
  readonly idempotencyKeys: boolean;
  /** Timeout of one attempt in milliseconds. It covers the body, except that of an event stream. */
  readonly timeoutMs: number;
  readonly fetch: (request: Request) => Promise<Response>;
  readonly timing: Timing;
}

/**
 * Sends a request and repeats it where that is safe and may help. Rejects with a `GodwitError`, or with the reason of the request's signal.
 */
export type Send = (request: Request, limits?: Partial<RetryLimits>) => Promise<Response>;

/** Maximum length of an unexpected body in an error message, in characters. */
const maxShown = 200;
const keyHeader = 'idempotency-key';

export function createSend(settings: SendSettings): Send {
  const { timing } = settings;
  return async (request, limits) => {
    const bounds = { ...settings, ...limits };
    if (request.method === 'POST' && settings.idempotencyKeys && !request.headers.has(keyHeader))
      request.headers.set(keyHeader, newKey());
    const begun = timing.monotonic();
    for (let number = 1; ; number++) {
      const result = await attempt(settings, request);
      if (!('error' in result)) return result.response;
      const pause = retryPause(
        {
          method: request.method,
          hasKey: request.headers.has(keyHeader),
          number,
          elapsedMs: timing.monotonic() - begun,
          answer: result.answer,
        },
        bounds,
        timing.random(),
      );
      if (pause === null) throw result.error;
      await timing.sleep(pause, request.signal);
    }
  };
}

type Result =
  | { readonly response: Response }
  | { readonly error: Error; readonly answer: Parameters<typeof retryPause>[0]['answer'] };

async function attempt(settings: SendSettings, request: Request): Promise<Result> {
  const headers = new Headers(request.headers);
  const { credential } = settings;
  const value = typeof credential === 'function' ? await credential() : credential;
  if (value !== undefined && settings.scheme === 'bearer') headers.set('authorization', `Bearer ${value}`);
  else if (value !== undefined) headers.set('x-api-key', value);
  const deadline = new AbortController();
  const timer = setTimeout(
    () => deadline.abort(new Error(`no answer within ${settings.timeoutMs} ms`)),
    Math.min(settings.timeoutMs, maxTimerMs),
  );
  try {
    const signal = AbortSignal.any([request.signal, deadline.signal]);
    // Redirects are not followed, so that credentials go only to the configured URL.
    const response = await settings.fetch(new Request(request.clone(), { headers, signal, redirect: 'manual' }));
    return await judged(response, settings);
  } catch (error) {
    if (request.signal.aborted) throw request.signal.reason;
    return { error: new GodwitUnreachable(new URL(request.url).origin, error), answer: null };
  } finally {
    clearTimeout(timer);
  }
}

/** Classifies a response: a result, or an error with the facts that decide about a retry. Rejects if the body breaks off. */
async function judged(response: Response, { timing }: SendSettings): Promise<Result> {
  const { status, headers } = response;
  if (status === 304 || status === 204) return { response };
  if (response.ok) {
    const type = headers.get('content-type') ?? '';
    if (type.startsWith('text/event-stream')) return { response };
    // The body is read here, so that a broken-off one is requested again.
    const text = await response.text();
    if (type.includes('json')) return { response: new Response(text, { status, headers }) };
    return unexpected(status, text, null);
  }
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    await response.body?.cancel();
    const place = headers.get('location') ?? 'another address';
    const error = new GodwitUnexpectedAnswer(status, `it leads to ${place.split('?')[0]}; name that address instead`);
    return { error, answer: { status, code: null, retryAfterMs: null, settled: true } };
  }
  const text = await response.text();
  const problem = problemIn(text);
  const pause = retryAfterMs(headers.get('retry-after'), timing.now());
  if (problem === null) return unexpected(status, text, pause);
  const { code } = problem;
  const stored = typeof problem.migrationId === 'string' && code !== 'idempotency_in_progress';
  const settled = stored || headers.get('idempotency-replayed') === 'true';
  return { error: new GodwitProblem(problem), answer: { status, code, retryAfterMs: pause, settled } };
}

function unexpected(status: number, text: string, retryAfterMs: number | null): Result {
  const shown = text.replace(/\s+/g, ' ').trim().slice(0, maxShown);
  const error = new GodwitUnexpectedAnswer(status, shown === '' ? 'it is empty' : shown);
  return { error, answer: { status, code: null, retryAfterMs, settled: false } };
}

function problemIn(text: string): ProblemDocument | null {
  try {
    const value: unknown = JSON.parse(text);
    const document = value as Partial<ProblemDocument> | null;
    return typeof document?.code === 'string' && typeof document.detail === 'string'
      ? (value as ProblemDocument)
      : null;
  } catch {
    return null;
  }
}

/** A key of 128 random bits. Pages without TLS have no `crypto.randomUUID`. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
