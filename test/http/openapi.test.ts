import { readFileSync } from 'node:fs';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { namedEnums } from '../../src/domain/enum-schema.ts';
import { requestExamples, sandboxExampleAccounts } from '../../src/http/schemas/examples.ts';
import { openApiYaml } from '../../tools/documents/openapi.ts';
import { providers } from '../support/providers.ts';
import { ajv, document, documentFile, operations, resolve, withAbsoluteRefs } from './support/documented.ts';

describe('the OpenAPI document', () => {
  it('is committed as the app generates it (npm run openapi writes it)', async () => {
    expect(await openApiYaml()).toBe(readFileSync(documentFile, 'utf8'));
  });

  it('is OpenAPI 3.1 with both authentication schemes', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.components.securitySchemes)).toEqual(['bearer', 'apiKey']);
    expect(document.security).toEqual([{ bearer: [] }, { apiKey: [] }]);
  });

  it('has named schemas for the resources', () => {
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining([
        'MigrationRequest',
        'Migration',
        'Backup',
        'BackupRequest',
        'Source',
        'Problem',
        'Event',
        'Provider',
        'Webhook',
        'Delivery',
        'CloudEvent',
      ]),
    );
  });

  it.each(Object.keys(document.components.schemas))('%s compiles as JSON Schema 2020-12', (name) => {
    expect(() => ajv.compile({ $ref: `godwit#/components/schemas/${name}` })).not.toThrow();
  });

  it('has no dangling reference', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(references.length).toBeGreaterThan(50);
    for (const reference of new Set(references)) {
      let target: unknown = document;
      for (const step of reference.split('/')) target = (target as Record<string, unknown>)[step];
      expect(target, reference).toBeTypeOf('object');
    }
  });

  it('names every closed set that clients switch over and refers to it everywhere', () => {
    const text = JSON.stringify(document);
    for (const [name, values] of Object.entries(namedEnums)) {
      expect(document.components.schemas[name], name).toMatchObject({ type: 'string', enum: values });
      expect(text, name).toContain(`"$ref":"#/components/schemas/${name}"`);
      expect(text.split(JSON.stringify(values)).length - 1, name).toBe(1);
    }
  });

  it('distinguishes source variants by their type', () => {
    const validate = ajv.compile({ $ref: 'godwit#/components/schemas/Source' });
    expect(validate({ type: 'url', urls: ['https://example.com/a.bak'] })).toBe(true);
    expect(validate({ type: 'url', bucket: 'acme-backups' })).toBe(false);
    const source = document.components.schemas.Source as { discriminator: { mapping: Record<string, string> } };
    expect(source.discriminator.mapping.object_storage).toBe('#/components/schemas/ObjectStorageSource');
  });

  it('gives every operation a unique id, a summary, a description and a known tag', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = document.tags.map((tag) => tag.name);
    for (const { operation } of operations) {
      expect(operation.summary, operation.operationId).toMatch(/\S{4}/);
      expect(operation.description, operation.operationId).toMatch(/\S \S/);
      for (const tag of operation.tags) expect(tags).toContain(tag);
    }
  });

  it('declares every path parameter', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]);
      const declared = (operation.parameters ?? []).filter((each) => each.in === 'path').map((each) => each.name);
      expect(declared, operation.operationId).toEqual(inPath);
    }
  });

  it('describes every response and every parameter', () => {
    for (const { operation } of operations) {
      for (const [status, response] of Object.entries(operation.responses)) {
        const resolved = resolve(response);
        expect(resolved?.description, `${operation.operationId} ${status}`).not.toMatch(/^(Default Response)?$/);
        if (Number(status) >= 400) expect(Object.keys(resolved?.content ?? {})).toEqual(['application/problem+json']);
      }
      for (const parameter of operation.parameters ?? [])
        expect(parameter, `${operation.operationId} ${parameter.name}`).toHaveProperty('description');
    }
  });

  it('has compilable schemas for every parameter and body', () => {
    for (const { operation } of operations) {
      const bodies = Object.values(operation.requestBody?.content ?? {}).map((media) => media.schema);
      for (const schema of [...bodies, ...(operation.parameters ?? []).map((each) => each.schema)])
        expect(() => ajv.compile(withAbsoluteRefs(schema))).not.toThrow();
    }
  });

  it('has valid request examples for every provider', () => {
    for (const { operation } of operations)
      for (const media of Object.values(operation.requestBody?.content ?? {})) {
        const validate = ajv.compile(withAbsoluteRefs(media.schema));
        for (const [name, example] of Object.entries(media.examples ?? {}))
          expect(validate(example.value), `${operation.operationId} ${name} ${ajv.errorsText(validate.errors)}`).toBe(
            true,
          );
      }
    const create = document.paths['/migrations']?.post?.requestBody?.content['application/json'];
    expect(Object.keys(create?.examples ?? {})).toEqual(
      expect.arrayContaining(['alibaba', 'huawei', 'tencent', 'alibaba_chain', 'huawei_chain', 'tencent_chain']),
    );
    expect(
      Object.keys(requestExamples(sandboxExampleAccounts(providers.all), providers.all)).every((id) =>
        operations.some(({ operation }) => operation.operationId === id),
      ),
    ).toBe(true);
  });

  it('shows a terminal command for every event stream', () => {
    const streams = Object.entries(document.paths).filter(
      ([, { get }]) => resolve(get?.responses[200])?.content?.['text/event-stream'] !== undefined,
    );
    expect(streams.map(([path]) => path).sort()).toEqual(['/migrations/events', '/migrations/{id}/events']);
    for (const [path, { get }] of streams)
      expect(get?.description).toContain(
        `curl -N -H 'Accept: text/event-stream' "$GODWIT${path.replace('{id}', '$ID')}"`,
      );
  });

  it('describes every member of every schema where code generators look', () => {
    const bare: string[] = [];
    const walk = (value: unknown, place: string): void => {
      if (typeof value !== 'object' || value === null) return;
      const { properties = {}, ...rest } = value as { properties?: Record<string, { description?: string }> };
      for (const [name, member] of Object.entries(properties)) {
        if (member.description === undefined) bare.push(`${place}.${name}`);
        walk(member, `${place}.${name}`);
      }
      expect(value, place).not.toHaveProperty('patternProperties');
      expect(value, place).not.toHaveProperty('const');
      for (const [key, member] of Object.entries(rest)) walk(member, `${place}/${key}`);
    };
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      expect(schema, name).toHaveProperty('description');
      walk(schema, name);
    }
    expect(bare).toEqual([]);
  });

  it('has an example of every problem an operation can return and of each migration answer', () => {
    const { examples } = document.components as unknown as { examples: Record<string, { value: unknown }> };
    const seen = new Set<string>();
    const validators = new Map<string, ValidateFunction>();
    const validatorOf = (schema: object): ValidateFunction => {
      const key = JSON.stringify(schema);
      const validate = validators.get(key) ?? ajv.compile(withAbsoluteRefs(schema));
      validators.set(key, validate);
      return validate;
    };
    for (const { operation } of operations)
      for (const [status, response] of Object.entries(operation.responses))
        for (const media of Object.values(resolve(response)?.content ?? {})) {
          const given = Object.values((media as { examples?: Record<string, { $ref: string }> }).examples ?? {});
          if (Number(status) >= 400) expect(given.length, `${operation.operationId} ${status}`).toBeGreaterThan(0);
          for (const { $ref } of given) {
            const key = `${JSON.stringify(media.schema)} ${$ref}`;
            if (seen.has(key)) continue;
            seen.add(key);
            const validate = validatorOf(media.schema);
            const example = examples[$ref.split('/').at(-1) ?? ''];
            expect(validate(example?.value), `${$ref} ${ajv.errorsText(validate.errors)}`).toBe(true);
          }
        }
    const states = document.components.schemas.MigrationState as unknown as { enum: string[] };
    for (const state of states.enum)
      expect(
        Object.values(examples).some(({ value }) => (value as { state?: string }).state === state),
        state,
      ).toBe(true);
  });

  it('links an answer to the operations that take its id', () => {
    const { links } = document.components as unknown as { links: Record<string, { operationId: string }> };
    const ids = operations.map(({ operation }) => operation.operationId);
    for (const [name, link] of Object.entries(links)) expect(ids, name).toContain(link.operationId);
    const created = document.paths['/migrations']?.post?.responses[201] as unknown as { links: object };
    expect(Object.keys(created.links)).toEqual(expect.arrayContaining(['Follow', 'AddBackup', 'CutOver', 'Cancel']));
  });

  it('marks a body as optional where the API accepts a request without one', () => {
    const optional = operations.filter(({ operation }) => operation.requestBody?.required === false);
    expect(optional.map(({ operation }) => operation.operationId).sort()).toEqual([
      'cancelMigration',
      'cutOverMigration',
      'getUploadTarget',
      'markBackupUploaded',
      'redeliverEvent',
      'refreshMigration',
      'retryMigration',
      'rotateWebhookSecret',
      'testWebhook',
    ]);
  });
});
