import type { FastifyReply, FastifyRequest } from 'fastify';
import { writePageToken } from '../request/page-token.ts';

/** A page that may not be the last: whether more follows is asked for only when the page is full. */
export async function nextToken<T extends { readonly id: string }>(
  items: readonly T[],
  size: number,
  digest: string,
  more: (after: string) => Promise<readonly T[]>,
): Promise<string | null> {
  const last = items.at(-1);
  if (last === undefined || items.length < size) return null;
  return (await more(last.id)).length > 0 ? writePageToken(last.id, digest) : null;
}

/** Sets `Link: rel="next"` to the same request with the next token. */
export function linkNext(request: FastifyRequest, reply: FastifyReply, token: string | null): void {
  if (token === null) return;
  const [path = '', query = ''] = request.url.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set('pageToken', token);
  reply.header('link', `<${path}?${parameters}>; rel="next"`);
}
