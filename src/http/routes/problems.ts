import { Type } from '@sinclair/typebox';
import { Problem, type ProblemCode, problemCatalogue, problemCodes } from '../../domain/problem.ts';
import type { HttpApp } from '../app-types.ts';
import { answers, NoQuery, problems } from '../schemas/operation.ts';
import { WholeListQuery } from '../schemas/query.ts';
import { jsonAnswer, sendAnswer } from './answer.ts';
import { sendList } from './paging.ts';

const common = { tags: ['Problems'], querystring: NoQuery } as const;

const listSchema = {
  ...common,
  querystring: WholeListQuery,
  operationId: 'listProblems',
  summary: 'List all problems',
  description: 'The closed catalogue of problems in answers with a status of 400 or above.',
  response: { 200: answers('ProblemEntryPage', 'The catalogue.', ['Link']), ...problems('open', ['invalid_request']) },
} as const;

const getSchema = {
  ...common,
  operationId: 'getProblem',
  summary: 'Explain a problem',
  description: 'The meaning of a problem, and what to do. `type` of a problem document links here.',
  params: Type.Object({ code: Type.String({ description: 'A problem code.', examples: ['target_busy'] }) }),
  response: { 200: answers('ProblemEntry', 'The problem.'), ...problems('open', ['not_found', 'invalid_request']) },
} as const;

/** The problem catalogue. */
export function problemRoutes(app: HttpApp): void {
  const config = { access: 'documentation' } as const;

  app.get('/problems', { schema: listSchema, config }, async (request, reply) =>
    sendList(request, reply, { list: 'problems', items: problemCodes.map(entryOf), idOf: ({ code }) => code }),
  );
  app.get('/problems/:code', { schema: getSchema, config }, async (request, reply) => {
    const code = problemCodes.find((each) => each === request.params.code);
    if (code === undefined) throw new Problem('not_found', 'There is no such problem; `/problems` lists all.');
    return sendAnswer(reply, jsonAnswer(200, entryOf(code)));
  });
}

function entryOf(code: ProblemCode) {
  return { code, ...problemCatalogue[code] };
}
