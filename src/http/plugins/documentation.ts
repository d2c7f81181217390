import swagger from '@fastify/swagger';
import type { TSchema } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
import { withProviders } from '../../domain/request-schema.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import { acceptQuality } from '../request/accept.ts';
import { sharedSchemas } from '../schemas/components.ts';
import { completeDocument, type OpenApiDocument, servedDocument } from '../schemas/document.ts';
import type { ExampleAccounts } from '../schemas/examples.ts';
import { introduction, tags } from '../schemas/introduction.ts';

const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'An API key, or a signed token (JWT).' },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key.' },
} as const;

/** Collects the routes into the OpenAPI document. Install it before the first route. */
export async function installOpenApi(app: HttpApp, http: HttpContext): Promise<void> {
  const { schemes } = http.auth;
  const used = {
    ...(schemes.includes('bearer') && { bearer: securitySchemes.bearer }),
    ...(schemes.includes('api_key') && { apiKey: securitySchemes.apiKey }),
  };
  const providers = http.providers.all;
  for (const schema of sharedSchemas(providers)) app.addSchema(schema);
  app.addHook('onRoute', (route) => {
    const { querystring } = route.schema ?? {};
    if (querystring !== undefined)
      route.schema = { ...route.schema, querystring: withProviders(querystring as TSchema, providers) };
  });
  await app.register(swagger, {
    convertConstToEnum: false,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Godwit',
        version: http.settings.version,
        description: introduction,
        contact: { name: 'The developers of Godwit' },
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      tags: [...tags],
      ...(Object.keys(used).length > 0 && {
        components: { securitySchemes: used },
        security: Object.keys(used).map((name) => ({ [name]: [] })),
      }),
    },
    refResolver: { buildLocalReference: (json) => String(json.$id) },
    transformObject: (document) =>
      completeDocument(
        ('openapiObject' in document ? document.openapiObject : {}) as unknown as OpenApiDocument,
        providers,
      ) as object,
  });
}

/** Serves the OpenAPI document. Its examples and addresses fit the caller. */
export function serveDocument(app: HttpApp, http: HttpContext): void {
  app.get(
    '/openapi.json',
    { schema: { hide: true }, config: { access: 'documentation', anyAccept: true } },
    async (request, reply) => {
      const { accept } = request.headers;
      const own = 'application/vnd.oai.openapi+json';
      const type = acceptQuality(accept, own) > acceptQuality(accept, 'application/json') ? own : 'application/json';
      const document = servedDocument(app.swagger() as unknown as OpenApiDocument, {
        server: request.base === '' ? '/' : request.base,
        environment: http.settings.environment,
        accounts: exampleAccounts(http, request),
        providers: http.providers.all,
      });
      return reply
        .type(`${type}; charset=utf-8`)
        .header('vary', 'accept, authorization, x-api-key')
        .send(JSON.stringify(document));
    },
  );
}

/** Account names are shown to callers with a grant for them; for others the examples omit the account. */
function exampleAccounts(
  { service, providers }: HttpContext,
  { identity, id: requestId }: FastifyRequest,
): ExampleAccounts {
  if (identity === null) return Object.fromEntries(providers.ids.map((id) => [id, null]));
  const accounts = service.accounts({ caller: identity.caller, accounts: identity.accounts, requestId });
  return Object.fromEntries(accounts.toReversed().map(({ provider, name, region }) => [provider, { name, region }]));
}
