import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Change, ChangeRequestContext, Replay } from '../../engine/interface.ts';
import type { HttpContext } from '../app-types.ts';
import { answers } from '../schemas/operation.ts';
import { migrationAnswer } from './answer.ts';
import { answerOnce } from './answer-once.ts';
import { changeContext } from './callers.ts';

/** The successful responses to a change. */
export const changeOutcomes = {
  200: answers('Migration', 'Nothing had to be changed.', ['ETag', 'Retry-After', 'Idempotency-Replayed']),
  202: answers('Migration', 'Stored; Godwit calls the vendor in the background.', [
    'ETag',
    'Retry-After',
    'Idempotency-Replayed',
  ]),
} as const;

/** Changes a migration and responds with it: 202 if it changed, 200 if it was in that state already. */
export function answerChange(
  http: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
  act: (context: ChangeRequestContext) => Promise<Change | Replay>,
): Promise<FastifyReply> {
  return answerOnce(http, request, reply, {
    status: 202,
    act: async (change) => {
      const result = await act({ ...(await changeContext(http, request, id)), ...change });
      return 'replay' in result ? result : migrationAnswer(http, result.migration, result.changed ? 202 : 200);
    },
    answer: ({ migration }) => migrationAnswer(http, migration, 202),
    presentAnswer: (migration) => migrationAnswer(http, migration, 202),
  });
}
