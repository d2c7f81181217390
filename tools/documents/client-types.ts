import { writeFile } from 'node:fs/promises';
import { registerHooks } from 'node:module';

const title = `/**
 * The types of the OpenAPI document: \`npm run openapi\` writes this file.
 */
`;

/** The TypeScript types of an OpenAPI document, deterministic for one document. */
export async function clientTypes(document: object): Promise<string> {
  const { astToString, default: openapiTS } = await withTypeScriptApi(() => import('openapi-typescript'));
  // The generator modifies its input.
  const types = await openapiTS(structuredClone(document) as Parameters<typeof openapiTS>[0], { alphabetize: false });
  return title + astToString(types);
}

/** TypeScript 7 has no compiler API, so the type generator uses the last version that has one. */
async function withTypeScriptApi<T>(load: () => Promise<T>): Promise<T> {
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier === 'typescript' ? '@ts-morph/common/dist/typescript.js' : specifier, context),
  });
  try {
    return await load();
  } finally {
    hooks.deregister();
  }
}

if (import.meta.main) {
  const { openApiDocument } = await import('./openapi.ts');
  await writeFile(new URL('../../client/src/schema.ts', import.meta.url), await clientTypes(await openApiDocument()));
}
