import type { FastifyRequest } from 'fastify';
import { Problem, problemCatalogue } from '../../domain/problem.ts';
import type { SchemaProvider } from '../../domain/request-schema.ts';
import type { HttpApp } from '../app-types.ts';
import { compileAtFirstUse } from '../validation/compiler.ts';
import { duplicateMembers } from '../validation/duplicates.ts';
import type { SchemaFault } from '../validation/faults.ts';
import { invalidRequest, schemaProblem } from '../validation/invalid-request.ts';
import { readQuery } from '../validation/query.ts';
import { hasMoreMembers } from '../validation/size.ts';
import { textFaults } from '../validation/text.ts';

const json = 'application/json';
const mergePatch = 'application/merge-patch+json';
/**
 * Maximum number of members and items in a body. The largest valid request has a few hundred. Validating thousands of faults would delay
 * other requests.
 */
const maxMembers = 5000;

/** Charset names of UTF-8 and of its subset ASCII. */
const utf8Labels: readonly string[] = ['utf-8', 'utf8', 'us-ascii', 'ascii'];

/** Parses bodies and queries: strict JSON in UTF-8, without coercion or dropped members. Every fault is named. */
export function installBodies(app: HttpApp, providers: readonly SchemaProvider[]): void {
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser([json, mergePatch], { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, parseBody(parseJson, request, body as Buffer));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)), undefined);
    }
  });
  app.addHook('onRequest', (request, _reply, done) => {
    checkMediaType(request);
    done();
  });
  continueWhenWelcome(app);
  app.addHook('preValidation', (request, _reply, done) => {
    const { schema, config } = request.route;
    if (schema?.querystring) request.query = readQuery(request.query as Record<string, unknown>, schema.querystring);
    if (config.bodyOptional === true && (request.body === undefined || request.body === null)) request.body = {};
    done();
  });
  app.setValidatorCompiler(compileAtFirstUse(providers));
  app.setSchemaErrorFormatter((errors, part) => schemaProblem(errors as readonly SchemaFault[], part));
  // Our own functions build responses; a serializer that silently drops members would hide faults.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
}

/**
 * Answers `Expect: 100-continue` with 100 if the headers are acceptable. A rejection closes the connection, because the body may follow
 * anyway.
 */
function continueWhenWelcome(app: HttpApp): void {
  const asking = new WeakSet<object>();
  app.server.on('checkContinue', (request, response) => {
    asking.add(request);
    app.server.emit('request', request, response);
  });
  app.addHook('preParsing', (request, reply, payload, done) => {
    if (!asking.delete(request.raw)) return done(null, payload);
    const bytes = Number(request.headers['content-length'] ?? 0);
    if (bytes > (request.route.bodyLimit ?? Number.POSITIVE_INFINITY)) {
      reply.header('connection', 'close');
      throw new Problem('payload_too_large', problemCatalogue.payload_too_large.help);
    }
    reply.raw.writeContinue();
    done(null, payload);
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    if (asking.has(request.raw)) reply.header('connection', 'close');
    done(null, payload);
  });
}

function checkMediaType(request: FastifyRequest): void {
  const { 'content-type': given, 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  const hasBody = encoding !== undefined || (length !== undefined && length !== '0');
  if (!hasBody || request.method === 'GET' || request.method === 'HEAD') return;
  const coding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (coding !== '' && coding !== 'identity')
    throw new Problem('unsupported_media_type', 'The body must not be compressed: leave `Content-Encoding` out.');
  const allowed = request.route.config.bodyTypes ?? [json];
  const [essence = '', ...parameters] = (given ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters.find((each) => each.startsWith('charset='))?.slice('charset='.length);
  const readable = charset === undefined || utf8Labels.includes(charset.replaceAll('"', ''));
  if (allowed.includes(essence) && readable) return;
  const sentence = `The body must be ${allowed.map((type) => `\`${type}\``).join(' or ')} in UTF-8`;
  throw new Problem(
    'unsupported_media_type',
    given === undefined ? `${sentence}; \`Content-Type\` is missing.` : `${sentence}.`,
  );
}

function parseBody(
  parseJson: ReturnType<HttpApp['getDefaultJsonParser']>,
  request: FastifyRequest,
  body: Buffer,
): unknown {
  if (body.length === 0) return undefined;
  const text = decode(body);
  let parsed: unknown;
  let failed = false;
  parseJson(request, text, (error, value) => {
    failed = error !== null;
    parsed = value;
  });
  if (failed) throw invalidRequest([{ pointer: '', detail: jsonFault(text) }]);
  if (hasMoreMembers(parsed, maxMembers))
    throw invalidRequest([{ pointer: '', detail: `has more than ${maxMembers} members in all` }]);
  const duplicates = duplicateMembers(text, parsed);
  if (duplicates.length > 0) throw invalidRequest(duplicates);
  // U+0000 and lone surrogates are possible only as escapes: valid JSON excludes the one and valid UTF-8 the other.
  const faults = text.includes('\\u') ? textFaults(parsed) : [];
  if (faults.length > 0) throw invalidRequest(faults);
  return parsed;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    throw invalidRequest([{ pointer: '', detail: 'is not UTF-8' }]);
  }
}

/** The position of the JSON error. The parser’s own message quotes the body, which may contain a secret. */
function jsonFault(text: string): string {
  try {
    JSON.parse(text);
    return 'must not have a member named `__proto__` or `constructor`';
  } catch (error) {
    const place = error instanceof Error ? /line (\d+) column (\d+)/.exec(error.message) : null;
    return place === null ? 'is not valid JSON' : `is not valid JSON: line ${place[1]}, column ${place[2]}`;
  }
}
