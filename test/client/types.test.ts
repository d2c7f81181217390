import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { clientTypes } from '../../tools/documents/client-types.ts';
import { openApiDocument } from '../../tools/documents/openapi.ts';

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

it('the types of the client are committed as the document has them (npm run openapi writes them)', async () => {
  expect(await clientTypes(await openApiDocument())).toBe(await read('client/src/schema.ts'));
});
