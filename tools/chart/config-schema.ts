import { accountSchema, ConfigFileSchema, credentialSchemas } from '../../src/config/schema.ts';
import { providers } from '../../src/registry.ts';

type Json = { [key: string]: unknown };

/** Members with secret values. The chart's configuration becomes a ConfigMap, so it must not contain literal secrets. */
const secretMembers: ReadonlySet<string> = new Set([
  'accessKeySecret',
  'secretAccessKey',
  'secretKey',
  'securityToken',
  'token',
  'password',
  'key',
  'previousKeys',
]);
/** The chart sets these itself. */
const setByTheChart = { file: ['store'], listen: ['host', 'port'] };

/**
 * The schema of the chart's `config`: the schema of the configuration file without literal secrets, in draft 7, which Helm 3 and Helm 4
 * read.
 */
export function chartConfigSchema(): Json {
  const file = withoutLiteralSecrets(plain(ConfigFileSchema)) as Json & { properties: Json };
  for (const name of setByTheChart.file) delete file.properties[name];
  for (const name of setByTheChart.listen) delete (file.properties.listen as { properties: Json }).properties[name];
  const accounts = providers.all.map((provider) => {
    const account = withoutLiteralSecrets(plain(accountSchema(provider))) as Json & { properties: Json };
    account.properties.credentials = credentials(credentialSchemas(provider));
    return when({ required: ['provider'], properties: { provider: { const: provider.id } } }, account);
  });
  file.properties.accounts = {
    type: 'array',
    items: {
      type: 'object',
      required: ['provider'],
      properties: { provider: { enum: providers.ids } },
      allOf: accounts,
    },
  };
  return file;
}

/** The form named by `source`; without one, keys and passwords. */
function credentials(forms: Readonly<Record<string, object>>): Json {
  const { configured, ...others } = forms;
  const chosen = Object.entries(others).map(([name, form]) =>
    when({ required: ['source'], properties: { source: { const: name } } }, withoutLiteralSecrets(plain(form))),
  );
  return {
    type: 'object',
    properties: { source: { enum: Object.keys(others) } },
    allOf: [when({ not: { required: ['source'] } }, withoutLiteralSecrets(plain(configured ?? {}))), ...chosen],
  };
}

function when(condition: Json, schema: unknown): Json {
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  return { if: condition, then: schema };
}

/** The schema as JSON, without TypeBox's own marks. */
function plain(schema: object): Json {
  return JSON.parse(JSON.stringify(schema)) as Json;
}

function withoutLiteralSecrets(schema: unknown, secret = false): unknown {
  if (Array.isArray(schema)) return schema.map((each) => withoutLiteralSecrets(each, secret));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { anyOf, properties, ...rest } = schema as Json;
  const result: Json = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, withoutLiteralSecrets(value, secret)]),
  );
  if (Array.isArray(anyOf)) {
    const forms = secret ? anyOf.filter((form: Json) => form.type !== 'string') : anyOf;
    result.anyOf = withoutLiteralSecrets(forms, false);
  }
  if (properties !== undefined)
    result.properties = Object.fromEntries(
      Object.entries(properties as Json).map(([name, value]) => [
        name,
        withoutLiteralSecrets(value, secretMembers.has(name)),
      ]),
    );
  return result;
}
