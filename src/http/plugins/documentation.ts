import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { TSchema } from '@sinclair/typebox';
import { withProviders } from '../../domain/request-schema.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import { acceptQuality } from '../request/accept.ts';
import { sharedSchemas } from '../schemas/components.ts';
import { completeDocument, type OpenApiDocument } from '../schemas/document.ts';
import { introduction, tags } from '../schemas/introduction.ts';

const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'An API key, or a signed token (JWT).' },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key.' },
} as const;

/** Gathers the routes into the OpenAPI document. Install it before the first route. */
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
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      tags: [...tags],
      components: { securitySchemes: used },
      security: Object.keys(used).map((name) => ({ [name]: [] })),
    },
    refResolver: { buildLocalReference: (json) => String(json.$id) },
    transformObject: (document) =>
      completeDocument(
        ('openapiObject' in document ? document.openapiObject : {}) as unknown as OpenApiDocument,
        providers,
      ) as object,
  });
}

/** Serves the document and, where wanted, Swagger UI. */
export async function installExplorer(app: HttpApp, http: HttpContext): Promise<void> {
  app.get(
    '/openapi.json',
    { schema: { hide: true }, config: { access: 'documentation', anyAccept: true } },
    async (request, reply) => {
      const { accept } = request.headers;
      const own = 'application/vnd.oai.openapi+json';
      const type = acceptQuality(accept, own) > acceptQuality(accept, 'application/json') ? own : 'application/json';
      return reply.type(`${type}; charset=utf-8`).send(JSON.stringify(app.swagger()));
    },
  );
  if (!http.settings.explorer) return;
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    theme: { title: 'Godwit API' },
    uiConfig: {
      deepLinking: true,
      displayRequestDuration: true,
      docExpansion: 'list',
      tryItOutEnabled: true,
      persistAuthorization: false,
    },
  });
}
