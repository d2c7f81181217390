import type { SchemaProvider } from '../../domain/request-schema.ts';
import { problemMediaType } from '../problem-document.ts';
import { answerExamples, documentExampleComponents, problemExamples } from './answer-examples.ts';
import { documentSchemas } from './components.ts';
import { type ExampleAccounts, type ExampleProvider, requestExamples, sandboxExampleAccounts } from './examples.ts';
import { answerLinks, linkComponents } from './links.ts';
import { withEnumReferences } from './named-enums.ts';
import { outgoingRequests } from './outgoing.ts';

/** As much of an OpenAPI document as is touched here. */
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

/** What of a provider the document depends on. */
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

/** Labels are filtered by free names, which an exploded object describes. */
const labelFilter = {
  in: 'query',
  name: 'labels',
  style: 'form',
  explode: true,
  description: 'Filters by labels, one parameter each: `label.<key>=<value>`.',
  // Swagger UI would make one up and send it.
  example: {},
  schema: {
    type: 'object',
    propertyNames: { type: 'string', pattern: '^label\\..' },
    additionalProperties: { type: 'string', maxLength: 255 },
  },
};

/** Adds what the routes’ schemas cannot say: named schemas, examples, optional bodies, the header that every answer has, what is sent to others. */
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

/** What the served document says to whoever asks for it. */
export interface DocumentView {
  /** Where the API is. */
  readonly server: string;
  readonly environment: 'sandbox' | 'live';
  readonly accounts: ExampleAccounts;
  readonly providers: readonly ExampleProvider[];
}

/** The document as it is served: with the address of this gateway, and examples that name its accounts. */
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

/** States in which a change or a creation answers. */
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

/** The codes of a problem answer, which its description names. */
function codesIn({ description = '' }: Response): readonly string[] {
  return [...description.matchAll(/`([a-z_]+)`: /g)].map((match) => match[1] ?? '');
}

/** `?dryRun=…` is an older spelling of `POST /migrations/dry-run` that the document leaves out: an operation has one kind of answer. */
function hideDryRun(operation: Operation): void {
  operation.parameters = (operation.parameters ?? []).filter((each) => each.name !== 'dryRun');
  delete operation.responses[200];
}

/** The examples that an answer refers to. */
function usedExamples(document: OpenApiDocument): object {
  const text = JSON.stringify([document.paths, document.components?.responses]);
  const entries = Object.entries(documentExampleComponents());
  return Object.fromEntries(entries.filter(([name]) => text.includes(`"#/components/examples/${name}"`)));
}

/** Problem answers of the same codes are the same in every operation: they become `components.responses`. */
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
