import type { Static } from '@sinclair/typebox';
import type { MigrationFilter, PageRequest } from '../../domain/store.ts';
import { defaultPageSize } from '../schemas/operation.ts';
import type { MigrationListQuery } from '../schemas/query.ts';
import { invalidParameter } from '../validation/invalid-request.ts';
import { filterDigest, readPageToken } from './page-token.ts';

type ListQuery = Static<typeof MigrationListQuery>;

/** The filters of a list, its page, and the digest that binds page tokens to the filters. */
export interface ListRequest {
  readonly filter: MigrationFilter;
  readonly page: PageRequest;
  readonly digest: string;
}

const labelPrefix = 'label.';

/** Parses the filters of `GET /migrations`. Throws `invalid_request` for an invalid time or a foreign page token. */
export function readListRequest(query: ListQuery, visibleAccounts: readonly string[] | undefined): ListRequest {
  const { pageSize, pageToken, sort, state, createdAfter, createdBefore, provider, account, region, instanceId, name } =
    query;
  const labels = readLabels(query);
  const wanted: MigrationFilter = {
    ...(provider !== undefined && { provider }),
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
    ...(state !== undefined && { states: [...new Set(state)].sort() }),
    ...(instanceId !== undefined && { instanceId }),
    ...(name !== undefined && { name }),
    ...(labels !== null && { labels }),
    ...(createdAfter !== undefined && { createdAfter: readTime('createdAfter', createdAfter) }),
    ...(createdBefore !== undefined && { createdBefore: readTime('createdBefore', createdBefore) }),
  };
  const order = sort === 'createdAt' ? 'oldest_first' : 'newest_first';
  const digest = filterDigest({ wanted, order });
  return {
    filter: { ...wanted, ...(visibleAccounts !== undefined && { visibleAccounts }) },
    page: {
      size: pageSize ?? defaultPageSize,
      order,
      ...(pageToken !== undefined && { after: readPageToken(pageToken, digest) }),
    },
    digest,
  };
}

function readLabels(query: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> | null {
  const labels = Object.entries(query)
    .filter(([parameter]) => parameter.startsWith(labelPrefix))
    .map(([parameter, value]) => [parameter.slice(labelPrefix.length), String(value)] as const);
  return labels.length === 0 ? null : Object.fromEntries(labels);
}

function readTime(parameter: string, text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw invalidParameter(parameter, 'must be a time in RFC 3339, such as `2026-11-21T19:08:00Z`');
  return time;
}
