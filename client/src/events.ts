import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { GodwitProblem, GodwitUnexpectedAnswer, GodwitUnreachable } from './errors.ts';
import { backoffMs } from './retry.ts';
import type { Send } from './send.ts';
import type { Timing } from './timing.ts';
import type { Event } from './types.ts';

/** The place after which a stream was to go on is not in the gateway's database any more: read the migrations again. The stream goes on. */
export interface Reset {
  readonly type: 'reset';
}

export interface FollowOptions {
  /** Ends the iteration, which then rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** How long the gateway may be out of reach in one piece, in milliseconds; default 15 minutes. Then the last error is thrown. */
  readonly patienceMs?: number | undefined;
  /** Told of each failure that is waited out, such as a gateway that gives no answer. */
  readonly onTrouble?: ((error: unknown) => void) | undefined;
}

export interface EventOptions extends FollowOptions {
  /** Only events of this migration; without it, of all that the caller may read. */
  readonly migrationId?: string | undefined;
  /** Goes on after the event of this id. Without it: one migration from its first event, all migrations from now on. */
  readonly after?: string | undefined;
}

export const defaultPatienceMs = 15 * 60_000;
/** The gateway gives a sign of life every 15 s; after three that are missing the connection counts as lost. In milliseconds. */
const silenceMs = 45_000;
/** A single event is never longer, in characters. */
const maxEventSize = 1 << 20;
/** Until the gateway has said how long to wait before coming back, in milliseconds. */
const comeBackMs = 2000;

/** What following needs. */
export interface Connection {
  readonly url: string;
  readonly send: Send;
  readonly timing: Timing;
}

/** Whether the same request may succeed later: no answer, a proxy's page, or a problem that says so. */
export function mayPass(error: unknown): boolean {
  if (error instanceof GodwitProblem) return error.retryable;
  return error instanceof GodwitUnreachable || (error instanceof GodwitUnexpectedAnswer && error.status >= 500);
}

/**
 * Events as they happen, each once and in order. The stream is opened again whenever it ends, after the last event that was seen.
 * Rejects with what does not pass (`unauthenticated`, `not_found` …), and with the last error when patience is over.
 */
export async function* followEvents(
  { url, send, timing }: Connection,
  { migrationId, after, signal, patienceMs = defaultPatienceMs, onTrouble }: EventOptions,
): AsyncGenerator<Event | Reset, void> {
  const path =
    migrationId === undefined ? '/migrations/events' : `/migrations/${encodeURIComponent(migrationId)}/events`;
  let last = after;
  let comeBack = comeBackMs;
  let failingSince: number | null = null;
  for (let failures = 0; ; ) {
    try {
      const headers = new Headers({ accept: 'text/event-stream' });
      if (last !== undefined) headers.set('last-event-id', last);
      const request = new Request(`${url}${path}`, { headers, ...(signal && { signal }) });
      const response = await send(request, { attempts: 1 });
      if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
        await response.body?.cancel();
        throw new GodwitUnexpectedAnswer(response.status, 'it is no event stream');
      }
      for await (const messages of messagesOf(response, (ms) => (comeBack = ms), timing, signal)) {
        failingSince = null;
        failures = 0;
        for (const { id, event, data } of messages) {
          if (id !== undefined) last = id === '' ? undefined : id;
          yield event === 'reset' ? { type: 'reset' } : (JSON.parse(data) as Event);
        }
      }
    } catch (error) {
      signal?.throwIfAborted();
      // Bytes that are no events are a broken connection too.
      if (!(error instanceof BrokenStream || error instanceof SyntaxError || mayPass(error))) throw error;
      failingSince ??= timing.monotonic();
      if (timing.monotonic() - failingSince > patienceMs) throw error;
      onTrouble?.(error);
      failures++;
    }
    await timing.sleep(
      Math.max(comeBack * (0.5 + timing.random() / 2), failures && backoffMs(failures, timing.random())),
      signal,
    );
  }
}

class BrokenStream extends Error {}

/** The messages of a stream as its pieces arrive; a sign of life is a piece without messages. Rejects with `BrokenStream`. */
async function* messagesOf(
  { body }: Response,
  onRetry: (ms: number) => void,
  timing: Timing,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly EventSourceMessage[], void> {
  if (body === null) return;
  let messages: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => messages.push(message), onRetry, maxBufferSize: maxEventSize });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await withinSilence(reader.read(), timing, signal);
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      const arrived = messages;
      messages = [];
      yield arrived;
    }
  } finally {
    // It does not wait: what a proxy holds back cannot be cancelled either.
    void reader.cancel().catch(() => undefined);
  }
}

/** Rejects when nothing arrives for too long, and at once when aborted: not every `fetch` breaks a read off. */
async function withinSilence<T>(read: Promise<T>, timing: Timing, signal: AbortSignal | undefined): Promise<T> {
  const left = new AbortController();
  const either = signal === undefined ? left.signal : AbortSignal.any([signal, left.signal]);
  const silent = timing.sleep(silenceMs, either).then(() => {
    throw new Error(`nothing came for ${silenceMs} ms`);
  });
  try {
    return await Promise.race([read, silent]);
  } catch (error) {
    signal?.throwIfAborted();
    throw new BrokenStream('the stream has broken off', { cause: error });
  } finally {
    left.abort();
    // Whichever loses the race has nobody who listens.
    for (const each of [read, silent]) each.catch(() => undefined);
  }
}
