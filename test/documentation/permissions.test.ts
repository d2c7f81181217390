import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const page = read('docs/permissions.md');
const policies = [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);

/** The operations of a vendor's document that occur in the provider's sources. */
function calledOperations(provider: string): readonly string[] {
  const folder = `src/providers/${provider}/`;
  const source = readdirSync(new URL(folder, root))
    .map((file) => read(`${folder}${file}`))
    .join('\n');
  const document = parse(read(`openapi/vendors/${provider}.yaml`)) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>;
  };
  const operations = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).flatMap(({ operationId }) => operationId ?? []),
  );
  return operations.filter((operation) => new RegExp(`\\b${operation}\\b`).test(source));
}

describe('docs/permissions.md', () => {
  it('contains only policies of valid JSON', () => {
    expect(policies).toHaveLength(4);
    for (const policy of policies) expect(() => JSON.parse(policy)).not.toThrow();
  });

  it.each([
    ['alibaba', 'rds'],
    ['tencent', 'sqlserver'],
  ])('permits exactly the operations that Godwit calls at %s', (provider, service) => {
    const permitted = [...page.matchAll(new RegExp(`"${service}:(\\w+)"`, 'g'))].map(([, action]) => action);
    expect(permitted.toSorted()).toEqual(calledOperations(provider).toSorted());
  });
});
