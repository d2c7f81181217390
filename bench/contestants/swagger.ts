import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { fastify } from 'fastify';

/** The minimum of a documented service: Fastify, its swagger plugins and one route. */
const app = fastify();
await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Bare', version: '1' } } });
await app.register(swaggerUi, { routePrefix: '/docs' });
app.get(
  '/livez',
  { schema: { response: { 200: { type: 'object', properties: { status: { type: 'string' } } } } } },
  () => ({
    status: 'ok',
  }),
);
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
