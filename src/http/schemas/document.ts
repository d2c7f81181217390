import type { SchemaProvider } from '../../domain/request-schema.ts';
import { problemMediaType } from '../problem-document.ts';
import { answerExamples, documentExampleComponents, problemExamples } from './answer-examples.ts';
import { documentSchemas } from './components.ts';
import { type ExampleAccounts, type ExampleProvider, requestExamples, sandboxExampleAccounts } from './examples.ts';
import { answerLinks, linkComponents } from './links.ts';
import { withEnumReferences } from './named-enums.ts';
import { outgoingRequests } from './outgoing.ts';

/** The parts of an OpenAPI document that this module changes. */
export interface OpenApiDocument {
  info?: object;
  components?: Record<string, unknown>;
  paths?: Record<string, Record<string, Operation>>;
  webhooks?: unknown;
}

interface Operation {
  operationId?: string;
  description?: string;
  parameters?: { name?: string }[];
  requestBody?: { required?: boolean; content: Record<string, Record<string, unknown>> };
  responses: Record<string, Response>;
}

interface Response {
  $ref?: string;
  description?: string;
  headers?: Record<string, unknown>;
  links?: Record<string, unknown>;
  content?: Record<string, { schema?: { $ref?: string }; examples?: unknown }>;
}

/** The part of a provider that the document needs. */
export type DocumentProvider = SchemaProvider & ExampleProvider;

const optionalBodies: readonly string[] = [
  'cutOverMigration',
  'cancelMigration',
  'retryMigration',
  'refreshMigration',
  'markBackupUploaded',
  'getUploadTarget',
  'redeliverEvent',
  'rotateWebhookSecret',
  'testWebhook',
];

/** The names of label filters are free, so the document describes them as an exploded object. */
const labelFilter = {
  in: 'query',
  name: 'labels',
  style: 'form',
  explode: true,
  description: 'Filters by labels, one parameter each: `label.<key>=<value>`.',
  // Without an example Swagger UI would invent a filter and send it.
  example: {},
  schema: {
    type: 'object',
    propertyNames: { type: 'string', pattern: '^label\\..' },
    additionalProperties: { type: 'string', maxLength: 255 },
  },
};

/**
 * Completes the OpenAPI document with what the routes’ schemas cannot express: named schemas, examples, optional bodies, the common
 * response header, outgoing requests. Changes and returns `document`.
 */
export function completeDocument(document: OpenApiDocument, providers: readonly DocumentProvider[]): OpenApiDocument {
  document.components = {
    ...document.components,
    schemas: documentSchemas(providers),
    links: linkComponents,
    headers: {
      RequestId: { description: 'The request id; it finds the request in the log.', schema: { type: 'string' } },
    },
  };
  const operations = Object.values(document.paths ?? {}).flatMap((path) => Object.values(path));
  const examples = requestExamples(sandboxExampleAccounts(providers), providers);
  for (const operation of operations) completeOperation(operation, examples);
  document.components.responses = nameProblems(operations);
  document.components.examples = usedExamples(document);
  document.paths = withEnumReferences(document.paths) as NonNullable<OpenApiDocument['paths']>;
  document.webhooks = outgoingRequests;
  return document;
}

/** Properties of the served document that depend on the caller. */
export interface DocumentView {
  /** The address of the API. */
  readonly server: string;
  readonly environment: 'sandbox' | 'live';
  readonly accounts: ExampleAccounts;
  readonly providers: readonly ExampleProvider[];
}

/** The served document, with this gateway's address and accounts in the examples. */
export function servedDocument(document: OpenApiDocument, view: DocumentView): object {
  const { server, environment, accounts, providers } = view;
  const examples = requestExamples(accounts, providers);
  const withExamples = (operation: Operation): Operation => {
    const own = examples[operation.operationId ?? ''];
    const { requestBody } = operation;
    if (own === undefined || requestBody === undefined) return operation;
    const content = Object.entries(requestBody.content).map(([type, media]) => [type, { ...media, examples: own }]);
    return { ...operation, requestBody: { ...requestBody, content: Object.fromEntries(content) } };
  };
  const paths = Object.entries(document.paths ?? {}).map(([path, operations]) => [
    path,
    Object.fromEntries(Object.entries(operations).map(([method, operation]) => [method, withExamples(operation)])),
  ]);
  return {
    ...document,
    info: { ...document.info, 'x-environment': environment },
    servers: [{ url: server }],
    paths: Object.fromEntries(paths),
  };
}

function completeOperation(operation: Operation, all: ReturnType<typeof requestExamples>): void {
  const { operationId = '', requestBody } = operation;
  if (operationId === 'listMigrations') operation.parameters = [...(operation.parameters ?? []), labelFilter];
  if (operationId === 'createMigration') hideDryRun(operation);
  if (requestBody !== undefined) {
    requestBody.required = !optionalBodies.includes(operationId);
    const examples = all[operationId];
    for (const media of Object.values(requestBody.content)) if (examples !== undefined) media.examples = examples;
  }
  for (const [status, response] of Object.entries(operation.responses)) completeResponse(operationId, status, response);
}

/** Migration states in the response to a change or creation. */
const statesOf: Readonly<Record<string, readonly string[]>> = {
  'createMigration 201': ['restoring'],
  'createMigration 202': ['pending'],
};

function completeResponse(operationId: string, status: string, response: Response): void {
  response.headers = { ...response.headers, 'X-Request-Id': { $ref: '#/components/headers/RequestId' } };
  const links = answerLinks(operationId, status);
  if (links !== undefined) response.links = links;
  for (const [mediaType, media] of Object.entries(response.content ?? {})) {
    const schema = media.schema?.$ref?.replace(/^.*\/|#$/g, '') ?? '';
    const examples =
      mediaType === problemMediaType
        ? problemExamples(codesIn(response))
        : answerExamples(schema, statesOf[`${operationId} ${status}`]);
    if (examples !== undefined) media.examples = examples;
  }
}

/** The problem codes of a response, read from its description. */
function codesIn({ description = '' }: Response): readonly string[] {
  return [...description.matchAll(/`([a-z_]+)`: /g)].map((match) => match[1] ?? '');
}

/** `?dryRun=…` is the older form of `POST /migrations/dry-run`. The document omits it, because an operation has one kind of response. */
function hideDryRun(operation: Operation): void {
  operation.parameters = (operation.parameters ?? []).filter((each) => each.name !== 'dryRun');
  delete operation.responses[200];
}

/** The examples that a response refers to. */
function usedExamples(document: OpenApiDocument): object {
  const text = JSON.stringify([document.paths, document.components?.responses]);
  const entries = Object.entries(documentExampleComponents());
  return Object.fromEntries(entries.filter(([name]) => text.includes(`"#/components/examples/${name}"`)));
}

/** Problem responses with the same codes are identical everywhere, so they become `components.responses`. */
function nameProblems(operations: readonly Operation[]): Record<string, Response> {
  const named: Record<string, Response> = {};
  for (const { responses } of operations)
    for (const [status, response] of Object.entries(responses)) {
      const codes = codesIn(response);
      if (codes.length === 0) continue;
      const name = codes.map(pascal).join('Or');
      named[name] = response;
      responses[status] = { $ref: `#/components/responses/${name}` };
    }
  return Object.fromEntries(Object.entries(named).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function pascal(code: string): string {
  return code.replaceAll(/(^|_)([a-z])/g, (_, _gap, letter: string) => letter.toUpperCase());
}
