import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply } from 'fastify';
import type { HttpApp } from '../app-types.ts';
import { type Coding, wantedCoding } from '../request/accept-encoding.ts';

/** What is smaller fits into one or two packets anyway, in characters or bytes. */
const worthwhile = 2048;

/** Quick rather than small: a page of migrations shrinks to a tenth already. */
const compress: Readonly<
  Record<Coding, (body: string | Buffer, done: (error: Error | null, result: Buffer) => void) => void>
> = {
  br: (body, done) => brotliCompress(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }, done),
  gzip: (body, done) => gzip(body, { level: 4 }, done),
};

/**
 * Compresses long answers to reads, on threads beside the event loop. Three kinds stay as they are: event streams; answers with an entity tag, since a tag
 * names one sequence of bytes and has to fit `If-Match`; and answers to anything but a read, where secrets are shown that nobody should be able to
 * guess from a length. Install it behind what reads the text, and before
 * what watches how it is taken.
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
