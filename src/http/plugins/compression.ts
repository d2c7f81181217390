import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply } from 'fastify';
import type { HttpApp } from '../app-types.ts';
import { type Coding, wantedCoding } from '../request/accept-encoding.ts';

/** Minimum size in characters or bytes; a smaller response fits into one or two packets anyway. */
const worthwhile = 2048;

/** Compression levels that favour speed: a page of migrations already shrinks to a tenth. */
const compress: Readonly<
  Record<Coding, (body: string | Buffer, done: (error: Error | null, result: Buffer) => void) => void>
> = {
  br: (body, done) => brotliCompress(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }, done),
  gzip: (body, done) => gzip(body, { level: 4 }, done),
};

/**
 * Compresses long responses to `GET` in Node's thread pool. Three kinds are not compressed: event streams; responses with an entity tag,
 * because a tag names one byte sequence and must match `If-Match`; and responses to changes, which may contain secrets whose length must
 * not be revealed. Install it after the plugins that read the text and before those that watch its transmission.
 */
export function installCompression(app: HttpApp): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    const text = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : null;
    if (request.method !== 'GET' || text === null || text.length < worthwhile || !isOpen(reply))
      return done(null, payload);
    reply.header('vary', varying(reply));
    const coding = wantedCoding(request.headers['accept-encoding']);
    if (coding === null) return done(null, payload);
    compress[coding](text, (error, result) => {
      if (error !== null) return done(null, payload);
      reply.header('content-encoding', coding).removeHeader('content-length');
      done(null, result);
    });
  });
}

function isOpen(reply: FastifyReply): boolean {
  if (reply.hasHeader('etag') || reply.hasHeader('content-encoding')) return false;
  return /^(application\/([\w.+-]*\+)?json|text\/(html|css|javascript|plain))\b/.test(
    String(reply.getHeader('content-type') ?? ''),
  );
}

function varying(reply: FastifyReply): string {
  const present = String(reply.getHeader('vary') ?? '');
  return present === '' ? 'accept-encoding' : `${present}, accept-encoding`;
}
