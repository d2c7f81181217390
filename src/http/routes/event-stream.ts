import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { MigrationEvent } from '../../domain/event.ts';
import { isId } from '../../domain/ids.ts';
import { Problem } from '../../domain/problem.ts';
import { representEvent } from '../../domain/represent-event.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import { errorForLog } from '../error-for-log.ts';
import { headerText } from '../request/header-text.ts';
import { invalidParameter } from '../validation/invalid-request.ts';
import { requestContext } from './callers.ts';

/** Maximum duration of a stream in milliseconds; the client then reconnects with its credentials and `Last-Event-ID`. */
const maxStreamMs = 600_000;
/** Reconnection delay of a client, in milliseconds. */
const comeBackMs = 2000;

/**
 * Responds with a live stream of events (server-sent events). `migrationId` null: all migrations. Throws `overloaded` if too many streams
 * are open.
 */
export type EventStream = (
  request: FastifyRequest,
  reply: FastifyReply,
  migrationId: string | null,
) => Promise<FastifyReply>;

/** The event streams of one app. Their number is bounded, and all end when the app closes. */
export function eventStreams(app: HttpApp, { service, runtime, settings }: HttpContext): EventStream {
  const open = new Set<AbortController>();
  const perCaller = new Map<string, number>();
  app.addHook('preClose', async () => {
    for (const stream of open) stream.abort();
  });

  async function* texts(
    { events: batches, reset }: Awaited<ReturnType<typeof service.followEvents>>,
    request: FastifyRequest,
  ) {
    yield `retry: ${comeBackMs}\n\n`;
    // An empty id makes the client forget the lost position.
    if (reset) yield 'id:\nevent: reset\ndata: {}\n\n';
    try {
      for await (const events of batches) yield events.length === 0 ? ':\n\n' : bytesOf(events);
    } catch (error) {
      // The response has begun, so the stream ends; the client reconnects and continues after its last event.
      request.log.warn({ error: errorForLog(error) }, 'an event stream has ended early');
    }
  }

  function takePlace(ended: AbortController, caller: string): void {
    open.add(ended);
    perCaller.set(caller, (perCaller.get(caller) ?? 0) + 1);
    ended.signal.addEventListener(
      'abort',
      () => {
        open.delete(ended);
        const left = (perCaller.get(caller) ?? 1) - 1;
        if (left > 0) perCaller.set(caller, left);
        else perCaller.delete(caller);
      },
      { once: true },
    );
  }

  /** A stream ends at the latest when the token that opened it expires. */
  function lifetimeMs({ identity }: FastifyRequest): number {
    const expiresAt = identity?.expiresAt ?? null;
    if (expiresAt === null) return maxStreamMs;
    return Math.max(0, Math.min(maxStreamMs, expiresAt - runtime.now()));
  }

  return async (request, reply, migrationId) => {
    if (open.size >= settings.maxEventStreams)
      throw new Problem('overloaded', 'Too many event streams are open.', { retryAfterSeconds: 5 });
    const { caller } = requestContext(request);
    // All anonymous callers share one name, so the limit per caller does not apply.
    const one = request.identity?.kind !== 'anonymous';
    if (one && (perCaller.get(caller) ?? 0) >= settings.maxEventStreamsOfOneCaller)
      throw new Problem(
        'overloaded',
        `This caller has ${settings.maxEventStreamsOfOneCaller} open event streams already.`,
        { retryAfterSeconds: 5 },
      );
    const ended = new AbortController();
    reply.raw.once('close', () => ended.abort());
    const followed = await service.followEvents(
      migrationId,
      lastEventId(request),
      requestContext(request),
      ended.signal,
    );
    reply
      .type('text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      // A kept-alive connection would delay a shutdown.
      .header('connection', 'close')
      // Proxies that buffer responses would delay events.
      .header('x-accel-buffering', 'no');
    if (request.method === 'HEAD') return reply.send();
    // A client that has left takes no slot.
    if (!ended.signal.aborted) takePlace(ended, caller);
    void runtime.sleep(lifetimeMs(request), ended.signal).then(() => ended.abort());
    return reply.send(Readable.from(texts(followed, request), { objectMode: false }));
  };
}

function lastEventId(request: FastifyRequest): string | null {
  const id = headerText(request.headers['last-event-id']) ?? '';
  if (id === '') return null;
  if (isId('evt', id)) return id;
  throw invalidParameter('Last-Event-ID', 'is not the id of an event');
}

let lastBatch: { readonly events: readonly MigrationEvent[]; readonly bytes: Buffer } = {
  events: [],
  bytes: Buffer.of(),
};

/** Streams of a process mostly get the same events at the same time, so they share the encoded bytes. */
function bytesOf(events: readonly MigrationEvent[]): Buffer {
  const same = events.length === lastBatch.events.length && events.every((event, n) => event === lastBatch.events[n]);
  if (!same) lastBatch = { events, bytes: Buffer.concat(events.map(lines)) };
  return lastBatch.bytes;
}

const written = new WeakMap<MigrationEvent, Buffer>();

function lines(event: MigrationEvent): Buffer {
  const known = written.get(event);
  if (known !== undefined) return known;
  const text = `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(representEvent(event))}\n\n`;
  const bytes = Buffer.from(text);
  written.set(event, bytes);
  return bytes;
}
