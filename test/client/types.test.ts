import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { clientTypes } from '../../tools/documents/client-types.ts';
import { openApiDocument } from '../../tools/documents/openapi.ts';

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

it('the client’s committed types match the OpenAPI document (npm run openapi writes them)', async () => {
  expect(await clientTypes(await openApiDocument())).toBe(await read('client/src/schema.ts'));
});
