import type { InspectionRequest } from '../../domain/request-schema.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import { answers, NoQuery, problems, ref } from '../schemas/operation.ts';
import { jsonAnswer, sendAnswer } from './answer.ts';
import { requestContext, requireGrant } from './callers.ts';
import { vendorProblems } from './uploads.ts';

const inspectSchema = {
  operationId: 'inspectBackups',
  summary: 'Inspect backup files',
  description:
    'Reads the headers of the files of a folder (`prefix`), or of named ones (`keys`), with the account’s own permissions, and returns ' +
    'the contents and faults of each file and the chains in the order of their restore. In a folder the newest 1,000 files are read. ' +
    'Nothing is stored, and nothing is sent to the restore service.',
  tags: ['Backups'],
  querystring: NoQuery,
  body: ref<InspectionRequest>('InspectionRequest'),
  response: {
    200: answers('Inspection', 'The headers and chains.'),
    ...problems('body', ['unknown_account', 'unsupported_by_provider', 'provider_rejected', ...vendorProblems]),
  },
} as const;

/** The inspection of backup files. */
export function inspectionRoutes(app: HttpApp, http: HttpContext): void {
  app.post(
    '/backups/inspect',
    { schema: inspectSchema, config: { access: 'migrations:read' } },
    async (request, reply) => {
      requireGrant(request, request.body.account);
      const { files, chains } = await http.service.inspectBackups(request.body, requestContext(request));
      return sendAnswer(
        reply,
        jsonAnswer(200, {
          files: files.map((file) => ({
            ...file,
            lastModified: file.lastModified === null ? null : new Date(file.lastModified).toISOString(),
          })),
          chains: chains.map((chain) => ({ ...chain, needless: chain.needless.map(({ key }) => key) })),
        }),
      );
    },
  );
}
