import { writeFile } from 'node:fs/promises';
import { pino } from 'pino';
import { stringify } from 'yaml';
import { createHttpApp } from './http/app.ts';
import { createStaticKeyAuthenticator } from './http/auth/static-keys.ts';
import { unboundProviders, unboundService, unboundWebhooks } from './http/unbound.ts';
import { systemRuntime } from './runtime.ts';

/** The OpenAPI document as it is with authentication on, which does not depend on configuration. */
export async function openApiDocument(): Promise<object> {
  const app = await createHttpApp({
    service: unboundService,
    webhooks: unboundWebhooks,
    auth: createStaticKeyAuthenticator([]),
    logger: pino({ level: 'silent' }),
    runtime: systemRuntime,
    providers: unboundProviders,
  });
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}

/** The document as text, the same for the same app. */
export async function openApiYaml(): Promise<string> {
  return stringify(await openApiDocument(), { aliasDuplicateObjects: false, lineWidth: 120 });
}

if (import.meta.main) await writeFile(new URL('../openapi/openapi.yaml', import.meta.url), await openApiYaml());
