import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { GodwitProblem, GodwitUnexpectedAnswer, GodwitUnreachable } from './errors.ts';
import { backoffMs } from './retry.ts';
import type { Send } from './send.ts';
import type { Timing } from './timing.ts';
import type { Event } from './types.ts';

/**
 * The database has lost the position after which the stream should continue, so events may be missing: read the migrations again. The
 * stream continues.
 */
export interface Reset {
  readonly type: 'reset';
}

/** Options of following a migration or events. */
export interface FollowOptions {
  /** Ends the iteration, which rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Maximum time without a response from the gateway, in milliseconds; default 15 minutes. Then the last error is thrown. */
  readonly patienceMs?: number | undefined;
  /** Called for each failure that the iteration survives, such as an unreachable gateway. */
  readonly onTrouble?: ((error: unknown) => void) | undefined;
}

/** Options of `events`. */
export interface EventOptions extends FollowOptions {
  /** Only events of this migration. Default: events of all migrations visible to the caller. */
  readonly migrationId?: string | undefined;
  /** Id of the event after which the stream starts. Default: the first event of one migration, or the next event of all migrations. */
  readonly after?: string | undefined;
}

export const defaultPatienceMs = 15 * 60_000;
/** Silence in milliseconds after which the connection counts as lost. The gateway sends a heartbeat every 15 s, so three are missing. */
const silenceMs = 45_000;
/** Maximum size of a message, in characters. */
const maxEventSize = 1 << 20;
/** Reconnection delay until the gateway sends one (`retry:`), in milliseconds. */
const comeBackMs = 2000;

/** The dependencies of following a migration or events. */
export interface Connection {
  readonly url: string;
  readonly send: Send;
  readonly timing: Timing;
}

/** Whether the same request may succeed later: no response, a proxy's page, or a `retryable` problem. */
export function mayPass(error: unknown): boolean {
  if (error instanceof GodwitProblem) return error.retryable;
  return error instanceof GodwitUnreachable || (error instanceof GodwitUnexpectedAnswer && error.status >= 500);
}

/**
 * Yields events as they happen, each once and in order. After each end of the stream it reconnects and continues after the last event.
 * Rejects with an error that does not pass, such as `unauthenticated` or `not_found`, and with the last error after `patienceMs` of
 * failures.
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
      // Malformed events count as a broken connection too.
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

/** Yields the messages of each received chunk; a heartbeat is a chunk without messages. Rejects with `BrokenStream`. */
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
    // Not awaited: the cancellation hangs if a proxy holds the stream.
    void reader.cancel().catch(() => undefined);
  }
}

/** Rejects after `silenceMs` without data, and at once when aborted, because not every `fetch` aborts a pending read. */
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
    // The loser of the race has no other handler.
    for (const each of [read, silent]) each.catch(() => undefined);
  }
}
