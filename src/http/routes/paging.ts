import type { FastifyReply, FastifyRequest } from 'fastify';
import { filterDigest, readPageToken, writePageToken } from '../request/page-token.ts';
import { jsonAnswer, sendAnswer } from './answer.ts';

/**
 * The token of the next page; null: this is the last. `more` looks for a further item if the page is full. `endsEarly`: a page can be
 * incomplete before the end of the list, so `more` is called after any non-empty page.
 */
export async function nextToken<T extends { readonly id: string }>(
  items: readonly T[],
  size: number,
  digest: string,
  more: (after: string) => Promise<readonly T[]>,
  endsEarly = false,
): Promise<string | null> {
  const last = items.at(-1);
  if (last === undefined || (items.length < size && !endsEarly)) return null;
  return (await more(last.id)).length > 0 ? writePageToken(last.id, digest) : null;
}

/** Sets `Link: rel="next"` to the same request with the next token. */
export function linkNext(request: FastifyRequest, reply: FastifyReply, token: string | null): void {
  if (token === null) return;
  const [path = '', query = ''] = request.url.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set('pageToken', token);
  reply.header('link', `<${request.base}${path}?${parameters}>; rel="next"`);
}

/** Maximum number of items in a response without `pageSize`. Only the files of a folder can be more. */
const largestWholeList = 10_000;

/** Sends a complete list: in pages if the query has `pageSize`, else on one page. `list` identifies the list in its page tokens. */
export function sendList<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  {
    list,
    items,
    idOf,
    show = (item) => item,
    members = {},
  }: {
    readonly list: string;
    readonly items: readonly T[];
    readonly idOf: (item: T) => string;
    /** The form of an item in the response. */
    readonly show?: (item: T) => unknown;
    /** Additional members of the response. */
    readonly members?: Readonly<Record<string, unknown>>;
  },
): FastifyReply {
  const { pageSize, pageToken } = request.query as { readonly pageSize?: number; readonly pageToken?: string };
  const digest = filterDigest({ list });
  const after = pageToken === undefined ? null : readPageToken(pageToken, digest);
  const rest = items.slice(items.findIndex((item) => idOf(item) === after) + 1);
  const page = rest.slice(0, pageSize ?? largestWholeList);
  const last = page.at(-1);
  const token = last === undefined || page.length === rest.length ? null : writePageToken(idOf(last), digest);
  linkNext(request, reply, token);
  return sendAnswer(reply, jsonAnswer(200, { items: page.map(show), nextPageToken: token, ...members }));
}
