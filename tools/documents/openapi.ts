import { writeFile } from 'node:fs/promises';
import { pino } from 'pino';
import { stringify } from 'yaml';
import { createHttpApp } from '../../src/http/app.ts';
import { createStaticKeyAuthenticator } from '../../src/http/auth/static-keys.ts';
import { providers } from '../../src/registry.ts';
import { systemRuntime } from '../../src/runtime.ts';

/** Stands where something is needed and never used: the document is made from the routes alone. */
function unused<T extends object>(): T {
  return new Proxy({} as T, {
    get: (_, member) => () => {
      throw new Error(`${String(member)} of nothing was called`);
    },
  });
}

/** The OpenAPI document as it is with authentication on, which does not depend on configuration. */
export async function openApiDocument(): Promise<object> {
  const app = await createHttpApp({
    service: unused(),
    webhooks: unused(),
    auth: createStaticKeyAuthenticator([]),
    logger: pino({ level: 'silent' }),
    runtime: systemRuntime,
    providers,
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

if (import.meta.main) await writeFile(new URL('../../openapi/openapi.yaml', import.meta.url), await openApiYaml());
