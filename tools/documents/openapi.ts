import { writeFile } from 'node:fs/promises';
import { pino } from 'pino';
import { stringify } from 'yaml';
import { createHttpApp } from '../../src/http/app.ts';
import { createStaticKeyAuthenticator } from '../../src/http/auth/static-keys.ts';
import { providers } from '../../src/registry.ts';
import { systemRuntime } from '../../src/runtime.ts';

/** A placeholder for a dependency that is never used, because the document comes from the routes alone. */
function unused<T extends object>(): T {
  return new Proxy({} as T, {
    get: (_, member) => () => {
      throw new Error(`${String(member)} of nothing was called`);
    },
  });
}

/** The OpenAPI document with authentication on; it does not depend on the configuration. */
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

/** The document as text, deterministic for one app. */
export async function openApiYaml(): Promise<string> {
  return stringify(await openApiDocument(), { aliasDuplicateObjects: false, lineWidth: 120 });
}

if (import.meta.main) await writeFile(new URL('../../openapi/openapi.yaml', import.meta.url), await openApiYaml());
