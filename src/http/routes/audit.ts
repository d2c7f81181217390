import type { AuditLog, AuditRecord } from '../../domain/audit.ts';
import type { HttpApp } from '../app-types.ts';
import { filterDigest, readPageToken } from '../request/page-token.ts';
import { answers, defaultPageSize, problems } from '../schemas/operation.ts';
import { AuditQuery } from '../schemas/query.ts';
import { invalidParameter } from '../validation/invalid-request.ts';
import { jsonAnswer, sendAnswer } from './answer.ts';
import { visibleAccounts } from './callers.ts';
import { linkNext, nextToken } from './paging.ts';

const schema = {
  operationId: 'listAudit',
  summary: 'List the audit records',
  description:
    'Every request for a change, including rejected ones, newest first. Records are only added, and outlive their migrations. A caller ' +
    'without a grant for all accounts sees the records of its accounts.',
  tags: ['Operation'],
  querystring: AuditQuery,
  response: { 200: answers('AuditPage', 'A page of records.', ['Link']), ...problems('read', ['invalid_request']) },
} as const;

/** The audit records. */
export function auditRoutes(app: HttpApp, audit: AuditLog): void {
  app.get('/audit', { schema, config: { access: 'admin' } }, async (request, reply) => {
    const { caller, migrationId, since, pageSize: size = defaultPageSize, pageToken } = request.query;
    const sinceTime = since === undefined ? undefined : Date.parse(since);
    if (Number.isNaN(sinceTime)) throw invalidParameter('since', 'must be a time in RFC 3339');
    const accounts = visibleAccounts(request);
    const filter = {
      ...(caller !== undefined && { caller }),
      ...(migrationId !== undefined && { migrationId }),
      ...(sinceTime !== undefined && { since: sinceTime }),
      ...(accounts !== undefined && { visibleAccounts: accounts }),
    };
    const digest = filterDigest({ audit: [caller ?? null, migrationId ?? null, sinceTime ?? null] });
    const after = pageToken === undefined ? {} : { after: readPageToken(pageToken, digest) };
    const found = await audit.listAudit(filter, { size, ...after });
    const token = await nextToken(found, size, digest, (last) => audit.listAudit(filter, { size: 1, after: last }));
    linkNext(request, reply, token);
    return sendAnswer(reply, jsonAnswer(200, { items: found.map(representRecord), nextPageToken: token }));
  });
}

function representRecord({ at, ...record }: AuditRecord) {
  return { ...record, at: new Date(at).toISOString() };
}
